#include "http/auth/password_changes.h"

#include <gtest/gtest.h>

namespace boxoffice::http::auth {
namespace {

bool submits(PasswordChanges& changes, std::uint64_t then) {
  bool submitted = false;
  changes.if_none_since(then, [&] { submitted = true; });
  return submitted;
}

TEST(PasswordChanges, while_nobody_changes_a_password_a_new_hash_is_kept) {
  PasswordChanges changes;
  const auto then = changes.none_under_way();
  ASSERT_TRUE(then);
  EXPECT_TRUE(submits(changes, *then));
  EXPECT_TRUE(submits(changes, *then));
}

TEST(PasswordChanges, a_change_that_began_since_drops_it_also_when_it_is_over) {
  PasswordChanges changes;
  const auto then = changes.none_under_way();
  {
    const PasswordChanges::Change change(changes);
    EXPECT_FALSE(submits(changes, *then));
  }
  EXPECT_FALSE(submits(changes, *then));
  EXPECT_TRUE(submits(changes, changes.none_under_way().value()));
}

TEST(PasswordChanges, a_change_that_began_before_leaves_no_hash_to_be_replaced) {
  PasswordChanges changes;
  const PasswordChanges::Change change(changes);
  { const PasswordChanges::Change another(changes); }
  EXPECT_FALSE(changes.none_under_way());
}

}  // namespace
}  // namespace boxoffice::http::auth
