// Random command sequences through the sequencer: the invariants hold after every command, every
// answer is the model's, and replaying the log gives the same state.
//
// The seed is fixed, so that the suite says the same thing twice. To search on:
//   RC_PARAMS="max_success=10000" engine_random_commands_test

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "tests/unit/engine/sequencer/random_world.h"

namespace boxoffice::tests {
namespace {

Ranges draw_ranges() {
  using rc::gen::element;
  using rc::gen::inRange;
  Ranges ranges;
  ranges.shows = *inRange(1U, 4U);
  ranges.seats = *inRange(2U, 31U);
  ranges.users = *inRange(1U, 6U);
  ranges.sessions = *inRange(1U, 6U);
  ranges.tokens = *element(0U, 10U, 50U, 100U);
  ranges.keys = *element(0U, 5U, 50U);
  ranges.time_jumps = *element(0U, 10U, 40U, 90U);
  ranges.catalogue = *element(0U, 2U, 20U);
  ranges.lock_minutes_max = *element(6U, 15U);
  ranges.live_locks_max = *element(3U, 1'000U, 1'000U);
  ranges.cooldown_s = *element(0U, 60U, 3'600U);
  ranges.lock_proof_required = *inRange(0, 4) == 3;
  ranges.open_access = *inRange(0, 3) != 2;
  return ranges;
}

TEST(RandomCommands, keep_the_invariants_agree_with_the_model_and_replay_to_the_same_state) {
  ::setenv("RC_PARAMS", "seed=20240615 max_success=1000", /*overwrite=*/0);
  RareEvents rare;
  const bool ok = rc::check([&rare] {
    RandomWorld world(draw_ranges(), rare);
    // Transactions are numbered by a byte, hence at most 200 commands. The full range of numbers
    // from the first run on: what is small about a run is its length.
    const auto length = *rc::gen::inRange<std::size_t>(1, 200);
    const auto numbers = *rc::gen::container<std::vector<std::uint64_t>>(
        length, rc::gen::resize(rc::kNominalSize,
                                rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 62)));
    for (const std::uint64_t number : numbers) {
      const std::string wrong = world.step(number);
      if (!wrong.empty()) RC_FAIL(wrong);
    }
    const std::string wrong = world.finish();
    if (!wrong.empty()) RC_FAIL(wrong);
  });
  EXPECT_TRUE(ok);
  // A run in which one of these never happened has not tested what it is for.
  for (const char* name :
       {"lock conflict", "expiry during payment", "late re-seat", "late refund", "quota hit",
        "live locks hit", "cooling down", "repeated key", "reused key", "renewal cap"}) {
    EXPECT_GT(rare[name], 0U) << name;
    RecordProperty(name, std::to_string(rare[name]));
  }
}

}  // namespace
}  // namespace boxoffice::tests
