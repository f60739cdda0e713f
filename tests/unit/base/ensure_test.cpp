// A broken ENSURE ends the process, unless an auditor's tool has asked to be told of it.
#include "base/ensure.h"

#include <gtest/gtest.h>

#include <string>

#include "base/ensure_trap.h"

namespace boxoffice {
namespace {

void break_it() { ENSURE(1 + 1 == 3, "sums are right"); }

TEST(EnsureDeath, aborts_and_says_why) { EXPECT_DEATH(break_it(), "sums are right"); }

TEST(EnsureDeath, aborts_again_when_the_trap_is_gone) {
  { const EnsureTrap trap; }
  EXPECT_DEATH(break_it(), "sums are right");
}

TEST(EnsureTrap, turns_the_abort_into_an_exception_that_says_why) {
  const EnsureTrap trap;
  std::string why;
  try {
    break_it();
  } catch (const BrokenEnsure& broken) {
    why = broken.what();
  }
  EXPECT_EQ(why, "sums are right");
}

}  // namespace
}  // namespace boxoffice
