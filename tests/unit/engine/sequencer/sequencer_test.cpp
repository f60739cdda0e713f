// The sequencer without its threads: frames, positions, log time, expiry, repeated keys.

#include "engine/sequencer/sequencer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/domain/state_text.h"
#include "tests/unit/engine/sequencer/pipeline_support.h"

namespace boxoffice::tests {
namespace {

using engine::SealedFrame;
using engine::Sequencer;

class SequencerTest : public testing::Test {
 protected:
  SequencerTest() : sequencer({}, {}) {
    sequencer.open(noon);
    for (const auto& command : opening_commands()) sequencer.add({.command = command});
    sequencer.seal();
  }

  void add(Command command, std::uint64_t token = 0,
           std::optional<events::Idempotency> idempotency = {}) {
    Submission one = submission(std::move(command), sink, token);
    one.idempotency = idempotency;
    sequencer.add(std::move(one));
  }

  CollectingSink sink;
  Sequencer sequencer;
};

TEST_F(SequencerTest, gives_each_event_the_next_position_and_each_command_its_own) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1);
  add(book({2}), 2);
  add(lock({1}, "b"), 3);
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.frame->events.size(), 3U);
  ASSERT_EQ(sealed.replies.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Position position(opening_events + 1 + i);
    EXPECT_EQ(sealed.frame->events[i].position, position);
    EXPECT_EQ(sealed.frame->events[i].command, position);
    EXPECT_EQ(sealed.replies[i].to.token, i + 1);
    EXPECT_EQ(sealed.replies[i].kind, Reply::Kind::done);
    EXPECT_EQ(sealed.replies[i].first, position);
    EXPECT_EQ(sealed.replies[i].last, position);
  }
}

TEST_F(SequencerTest, the_events_of_one_command_name_its_first) {
  sequencer.open(noon);
  add(book({1}));
  add(pay(booking1, price));
  Submission paid = submission(says_paid(1), sink, 7);
  paid.actor = gateway;
  paid.cause = "request-7";
  paid.idempotency = key(1);
  sequencer.add(std::move(paid));
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.frame->events.size(), 4U);
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(sealed.frame->events[i].command, sealed.frame->events[2].position);
    EXPECT_EQ(sealed.frame->events[i].actor, gateway);
    EXPECT_EQ(sealed.frame->events[i].cause, "request-7");
    EXPECT_EQ(sealed.frame->events[i].idempotency, key(1));
  }
  EXPECT_EQ(sealed.replies.back().first, sealed.frame->events[2].position);
  EXPECT_EQ(sealed.replies.back().last, sealed.frame->events[3].position);
}

TEST_F(SequencerTest, a_refusal_leaves_a_trace_that_says_what_it_was_about) {
  sequencer.open(noon);
  add(lock({1}, "a"));
  add(lock({1, 2}, "b"));
  add(CancelBooking{BookingId(9)});
  const SealedFrame sealed = sequencer.seal();
  events::CommandRefused lock_refused;
  lock_refused.command = CommandType::lock_seats;
  lock_refused.reason = Refusal::seat_taken;
  lock_refused.seat_ids = seats({1});
  lock_refused.show_id = show1;
  lock_refused.user_session = "b";
  EXPECT_EQ(text_of(sealed.frame->events[1].body), text_of(lock_refused));
  events::CommandRefused cancel_refused;
  cancel_refused.command = CommandType::cancel_booking;
  cancel_refused.reason = Refusal::booking_not_found;
  cancel_refused.booking_id = BookingId(9);
  EXPECT_EQ(text_of(sealed.frame->events[2].body), text_of(cancel_refused));
}

TEST_F(SequencerTest, the_frames_bytes_are_its_events) {
  sequencer.open(noon + seconds(1));
  add(lock({1, 2}, "a"), 1, key(3));
  add(book({3}));
  const SealedFrame sealed = sequencer.seal();
  const auto decoded = events::decode_frame(sealed.body);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded.value().time, noon + seconds(1));
  ASSERT_EQ(decoded.value().events.size(), sealed.frame->events.size());
  for (std::size_t i = 0; i < sealed.frame->events.size(); ++i) {
    EXPECT_EQ(print_json(decoded.value().events[i]), print_json(sealed.frame->events[i]));
    EXPECT_EQ(decoded.value().events[i].idempotency, sealed.frame->events[i].idempotency);
  }
}

TEST_F(SequencerTest, replaying_its_frames_gives_its_state) {
  State replayed = given(cinema()).state();
  sequencer.open(noon);
  add(lock({1, 2}, "a"), 1, key(3));
  add(book({1, 2}, "a"));
  const SealedFrame sealed = sequencer.seal();
  for (const auto& event : sealed.frame->events) evolve(replayed, event);
  EXPECT_EQ(text_of(replayed), text_of(sequencer.state()));
}

// ---- Time ---------------------------------------------------------------------------------------

TEST_F(SequencerTest, all_of_a_frame_has_one_time) {
  sequencer.open(noon + seconds(1));
  add(lock({1}, "a"));
  sequencer.open(noon + seconds(2));
  add(lock({2}, "a"));
  const SealedFrame sealed = sequencer.seal();
  EXPECT_EQ(sealed.frame->time, noon + seconds(1));
  for (const auto& event : sealed.frame->events) EXPECT_EQ(event.time, noon + seconds(1));
}

TEST_F(SequencerTest, an_open_frame_without_work_takes_the_later_time) {
  sequencer.open(noon + seconds(1));
  sequencer.open(noon + seconds(2));
  add(lock({1}, "a"));
  EXPECT_EQ(sequencer.seal().frame->time, noon + seconds(2));
}

TEST_F(SequencerTest, a_clock_that_goes_back_counts_as_standing_still) {
  sequencer.open(noon + hours(1));
  add(lock({1}, "a"));
  sequencer.seal();
  sequencer.open(noon);
  add(lock({2}, "a"));
  EXPECT_EQ(sequencer.seal().frame->time, noon + hours(1));
}

TEST_F(SequencerTest, what_is_due_expires_when_a_frame_opens_by_the_system_and_without_reply) {
  sequencer.open(noon);
  add(lock({1}, "a"));
  add(book({2}));
  sequencer.seal();
  sequencer.open(noon + minutes(5) - tick);
  EXPECT_FALSE(sequencer.has_work());
  sequencer.open(noon + minutes(10));
  ASSERT_TRUE(sequencer.has_work());
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.frame->events.size(), 2U);
  EXPECT_TRUE(sealed.replies.empty());
  for (const auto& event : sealed.frame->events) {
    EXPECT_EQ(event.command, sealed.frame->first());
    EXPECT_EQ(event.actor.kind, events::ActorKind::system);
    EXPECT_TRUE(event.cause.empty());
  }
}

TEST_F(SequencerTest, a_lock_that_is_born_expired_expires_before_the_next_command) {
  Sequencer hasty(given(cinema()).state(), Rules{.lock_ttl = Duration(0)});
  hasty.open(noon);
  hasty.add({.command = lock({1}, "a")});
  hasty.add({.command = lock({1}, "b")});
  const SealedFrame sealed = hasty.seal();
  ASSERT_EQ(sealed.frame->events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<events::LockExpired>(sealed.frame->events[1].body));
  EXPECT_TRUE(std::holds_alternative<events::SeatsLocked>(sealed.frame->events[2].body));
}

TEST_F(SequencerTest, all_that_is_due_at_once_is_of_one_command_in_order_of_time) {
  constexpr std::uint32_t shows = 30;  // of ten seats each: more than expire in one go
  sequencer.open(noon);
  for (std::uint32_t i = 0; i < shows; ++i) {
    add(CreateShow{MovieId(1), TheatreId(1), {}, {}, price});
  }
  std::vector<std::uint32_t> locked;
  const auto lock_all = [&](std::uint32_t parity) {
    for (std::uint32_t seat = sequencer.state().next_seat.value - 1; seat > 100; --seat) {
      if (seat % 2 != parity) continue;
      const auto show = std::ranges::find_if(sequencer.state().shows, [&](const auto& each) {
        return seat_in_show(each.second, SeatId(seat));
      });
      add(LockSeats{show->first, {SeatId(seat)}, fmt::format("session-{}", seat)});
      locked.push_back(seat);
    }
  };
  lock_all(1);
  sequencer.seal();
  sequencer.open(noon + seconds(1));
  lock_all(0);
  sequencer.seal();
  ASSERT_GT(locked.size(), 250U);

  sequencer.open(noon + hours(1));
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.frame->events.size(), locked.size());
  for (std::size_t i = 0; i < locked.size(); ++i) {
    const events::Event& event = sealed.frame->events[i];
    EXPECT_EQ(event.command, sealed.frame->events[0].position);
    EXPECT_EQ(std::get<events::LockExpired>(event.body).seat_ids, seats({locked[i]}));
  }
  EXPECT_TRUE(broken_invariants(sequencer.state()).empty());
}

// ---- Repeated keys ------------------------------------------------------------------------------

TEST_F(SequencerTest, a_repeated_key_in_the_same_frame_gets_the_first_answer_and_leaves_no_event) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1, key(1));
  add(lock({1}, "a"), 2, key(1));
  const SealedFrame sealed = sequencer.seal();
  EXPECT_EQ(sealed.frame->events.size(), 1U);
  ASSERT_EQ(sealed.replies.size(), 2U);
  EXPECT_EQ(sealed.replies[1].to.token, 2U);
  EXPECT_EQ(sealed.replies[1].kind, Reply::Kind::replayed);
  EXPECT_EQ(sealed.replies[1].first, sealed.replies[0].first);
  EXPECT_EQ(sealed.replies[1].last, sealed.replies[0].last);
}

TEST_F(SequencerTest, a_frame_may_hold_nothing_but_answers_to_repeated_keys) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1, key(1));
  sequencer.seal();
  sequencer.open(noon + minutes(1));
  add(lock({1}, "a"), 2, key(1));
  ASSERT_TRUE(sequencer.has_work());
  const SealedFrame sealed = sequencer.seal();
  EXPECT_TRUE(sealed.frame->events.empty());
  EXPECT_TRUE(sealed.body.empty());
  ASSERT_EQ(sealed.replies.size(), 1U);
  EXPECT_EQ(sealed.replies[0].first, Position(opening_events + 1));
}

TEST_F(SequencerTest, a_refused_command_is_replayed_as_refused_though_it_would_now_succeed) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1);
  add(lock({1}, "b"), 2, key(1));
  sequencer.seal();
  sequencer.open(noon + minutes(6));
  add(lock({1}, "b"), 3, key(1));
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.replies.size(), 1U);
  EXPECT_EQ(sealed.replies[0].kind, Reply::Kind::replayed);
  EXPECT_EQ(sealed.replies[0].first, Position(opening_events + 2));
}

TEST_F(SequencerTest, a_key_with_another_request_is_refused_and_stays_with_the_first) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1, key(1, 1));
  add(lock({2}, "a"), 2, key(1, 2));
  add(lock({1}, "a"), 3, key(1, 1));
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.frame->events.size(), 2U);
  const auto& refused = std::get<events::CommandRefused>(sealed.frame->events[1].body);
  EXPECT_EQ(refused.reason, Refusal::idempotency_key_reused);
  EXPECT_FALSE(sealed.frame->events[1].idempotency.has_value());
  EXPECT_EQ(sealed.replies[1].kind, Reply::Kind::done);
  EXPECT_EQ(sealed.replies[2].kind, Reply::Kind::replayed);
  EXPECT_EQ(sealed.replies[2].first, Position(opening_events + 1));
}

TEST_F(SequencerTest, a_key_is_new_again_after_a_day) {
  sequencer.open(noon);
  add(lock({1}, "a"), 1, key(1));
  sequencer.seal();
  sequencer.open(noon + idempotency_retention);
  add(lock({1}, "a"), 2, key(1));
  const SealedFrame sealed = sequencer.seal();
  ASSERT_EQ(sealed.replies.size(), 1U);
  EXPECT_EQ(sealed.replies[0].kind, Reply::Kind::done);
}

TEST_F(SequencerTest, a_repeat_that_nobody_waits_for_is_not_answered) {
  sequencer.open(noon);
  sequencer.add({.command = lock({1}, "a"), .idempotency = key(1)});
  sequencer.add({.command = lock({1}, "a"), .idempotency = key(1)});
  EXPECT_TRUE(sequencer.seal().replies.empty());
}

// ---- Limits -------------------------------------------------------------------------------------

TEST_F(SequencerTest, is_full_at_the_limit_of_events_and_empty_again_after_sealing) {
  sequencer.open(noon);
  for (std::size_t i = 0; i + 1 < Sequencer::frame_events_max; ++i) {
    sequencer.add({.command = CancelBooking{BookingId(9)}});
  }
  EXPECT_FALSE(sequencer.is_full());
  sequencer.add({.command = CancelBooking{BookingId(9)}});
  EXPECT_TRUE(sequencer.is_full());
  sequencer.seal();
  EXPECT_FALSE(sequencer.is_full());
  EXPECT_FALSE(sequencer.has_work());
}

TEST_F(SequencerTest, is_full_at_the_limit_of_bytes) {
  sequencer.open(noon);
  sequencer.add({.command = CreateMovie{{.title = std::string(Sequencer::frame_bytes_max, 'x'),
                                         .description = {},
                                         .duration_min = 1,
                                         .genre = {},
                                         .rating = {},
                                         .poster_url = {},
                                         .release_date = {}}}});
  EXPECT_TRUE(sequencer.is_full());
}

TEST_F(SequencerTest, the_same_submissions_at_the_same_times_give_the_same_bytes) {
  const auto run = [] {
    Sequencer one({}, {});
    std::vector<std::uint8_t> bytes;
    Instant now = noon;
    for (const auto& commands :
         {opening_commands(), std::vector<Command>{lock({3, 1}, "b"), book({1}), lock({5}, "c")},
          std::vector<Command>{book({3, 1}, "b"), pay(booking1, price * 2), DeleteShow{show2}}}) {
      one.open(now);
      for (const auto& command : commands) one.add({.command = command, .cause = "r"});
      const SealedFrame sealed = one.seal();
      bytes.insert(bytes.end(), sealed.body.begin(), sealed.body.end());
      now = now + minutes(4);
    }
    return bytes;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace boxoffice::tests
