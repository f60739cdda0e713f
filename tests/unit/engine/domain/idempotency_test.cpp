// Idempotency-Keys in the state: kept with their command's effect, forgotten after a day of log
// time.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

Fingerprint fingerprint(std::uint8_t number) {
  Fingerprint print;
  print.bytes.fill(number);
  return print;
}

events::Idempotency keyed(std::uint8_t key, std::uint8_t request) {
  return {.key = fingerprint(key), .request = fingerprint(request)};
}

// One command's events with a key, at `at`.
void apply_keyed(State& state, const Bodies& bodies, const events::Idempotency& idempotency,
                 Instant at) {
  const Position command = state.position.next();
  for (const auto& body : bodies) {
    evolve(state, {.position = state.position.next(),
                   .command = command,
                   .time = at,
                   .actor = {},
                   .cause = {},
                   .idempotency = idempotency,
                   .body = body});
  }
}

Bodies login() { return {events::UserLoggedIn{ann}}; }

class IdempotencyKeys : public testing::Test {
 protected:
  State state = given(cinema()).state();
};

TEST_F(IdempotencyKeys, that_were_never_seen_are_new) {
  EXPECT_EQ(find_retry(state, keyed(1, 1), noon).kind, Retry::Kind::first_time);
}

TEST_F(IdempotencyKeys, lead_to_all_events_of_their_command) {
  apply_keyed(state, {events::UserLoggedIn{ann}, events::UserLoggedIn{bob}}, keyed(1, 1), noon);
  const Retry retry = find_retry(state, keyed(1, 1), noon);
  EXPECT_EQ(retry.kind, Retry::Kind::same_request);
  EXPECT_EQ(retry.first, Position(7));
  EXPECT_EQ(retry.last, Position(8));
}

TEST_F(IdempotencyKeys, are_kept_with_a_refusal_too) {
  apply_keyed(state, {events::CommandRefused{}}, keyed(1, 1), noon);
  EXPECT_EQ(find_retry(state, keyed(1, 1), noon).kind, Retry::Kind::same_request);
}

TEST_F(IdempotencyKeys, with_another_request_are_told_apart) {
  apply_keyed(state, login(), keyed(1, 1), noon);
  EXPECT_EQ(find_retry(state, keyed(1, 2), noon).kind, Retry::Kind::other_request);
  EXPECT_EQ(find_retry(state, keyed(2, 1), noon).kind, Retry::Kind::first_time);
}

TEST_F(IdempotencyKeys, are_kept_until_a_tick_before_a_day_has_passed) {
  apply_keyed(state, login(), keyed(1, 1), noon);
  const Instant forgotten = noon + idempotency_retention;
  EXPECT_EQ(find_retry(state, keyed(1, 1), forgotten - tick).kind, Retry::Kind::same_request);
  EXPECT_EQ(find_retry(state, keyed(1, 1), forgotten).kind, Retry::Kind::first_time);
  EXPECT_EQ(find_retry(state, keyed(1, 2), forgotten).kind, Retry::Kind::first_time);
}

TEST_F(IdempotencyKeys, leave_memory_with_the_first_event_after_a_day) {
  apply_keyed(state, login(), keyed(1, 1), noon);
  apply_keyed(state, login(), keyed(2, 1), noon + seconds(1));
  apply_keyed(state, login(), keyed(3, 1), noon + idempotency_retention - tick);
  EXPECT_EQ(state.idempotency.size(), 3U);
  apply_keyed(state, login(), keyed(4, 1), noon + idempotency_retention);
  EXPECT_EQ(state.idempotency.size(), 3U);
  EXPECT_FALSE(state.idempotency.contains(fingerprint(1)));
  EXPECT_TRUE(broken_invariants(state).empty());
}

TEST_F(IdempotencyKeys, may_be_used_again_once_they_are_forgotten) {
  apply_keyed(state, login(), keyed(1, 1), noon);
  apply_keyed(state, login(), keyed(1, 2), noon + idempotency_retention);
  const Retry retry = find_retry(state, keyed(1, 2), noon + idempotency_retention);
  EXPECT_EQ(retry.kind, Retry::Kind::same_request);
  EXPECT_EQ(retry.first, Position(8));
  EXPECT_TRUE(broken_invariants(state).empty());
}

TEST_F(IdempotencyKeys, of_two_commands_in_one_log_are_a_bug) {
  apply_keyed(state, login(), keyed(1, 1), noon);
  EXPECT_DEATH(apply_keyed(state, login(), keyed(1, 1), noon), "a key belongs to one command");
}

}  // namespace
}  // namespace boxoffice::tests
