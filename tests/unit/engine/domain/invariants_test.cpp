// The invariants see what is broken: each is broken once by hand. And evolve, for its part, stops
// at events that contradict the state.

#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

// Position 7 is the lock of seats 1 and 2; booking 1 holds 3, booking 2 (paid) holds 4.
State a_bit_of_everything() {
  return given(cinema(), locked({1, 2}, {.session = "s"}), booked(booking1, {3}),
               initiated(1, price), booked(booking2, {4}, {.guest = false}), initiated(2, price),
               succeeded(2), confirmed(2))
      .state();
}

void expect_seen(const std::function<void(State&)>& spoil, const std::string& what) {
  State state = a_bit_of_everything();
  ASSERT_TRUE(broken_invariants(state).empty());
  spoil(state);
  std::string found;
  for (const auto& broken : broken_invariants(state)) found += broken + "\n";
  EXPECT_NE(found.find(what), std::string::npos) << "found: " << found;
}

Seat& seat(State& state, std::uint32_t number) {
  return seat_of(state.shows.at(show1), SeatId(number));
}

TEST(Invariants, a_locked_seat_is_known_to_its_lock) {
  expect_seen([](State& s) { seat(s, 5) = seat(s, 1); }, "does not know it");
  expect_seen([](State& s) { s.locks.clear(); }, "does not know it");
}

TEST(Invariants, a_lock_holds_seats_that_are_locked_by_it) {
  expect_seen([](State& s) { seat(s, 1) = Seat{}; }, "not locked by it");
  expect_seen([](State& s) { s.locks.at(LockId(7)).seat_ids.clear(); }, "holds nothing");
}

TEST(Invariants, a_booked_seat_has_a_live_booking) {
  expect_seen([](State& s) { seat(s, 5) = seat(s, 3); }, "is booked by no live booking");
  expect_seen([](State& s) { s.bookings.at(booking1).status = BookingStatus::cancelled; },
              "is booked by no live booking");
}

TEST(Invariants, a_live_booking_has_its_seats) {
  expect_seen([](State& s) { seat(s, 3) = Seat{}; }, "is live without one of its seats");
  expect_seen([](State& s) { seat(s, 3) = seat(s, 4); }, "is live without one of its seats");
}

TEST(Invariants, a_free_seat_names_no_lapse_to_come) {
  expect_seen([](State& s) { seat(s, 5).holder = 99; }, "is free by a lapse to come");
}

TEST(Invariants, lapses_are_in_order) {
  const auto add = [](State& s, std::uint64_t position, Instant time) {
    s.lapses.push_back({.position = Position(position), .time = time, .owner = Owner(1)});
  };
  expect_seen(
      [&](State& s) {
        add(s, 5, noon);
        add(s, 5, noon);
      },
      "lapses are not in order");
  expect_seen(
      [&](State& s) {
        add(s, 5, noon);
        add(s, 6, noon - tick);
      },
      "lapses are not in order");
}

TEST(Invariants, owners_seats_are_counted) {
  expect_seen([](State& s) { ++s.shows.at(show1).held_by[owner_of({}, "s")]; },
              "owners' seats are miscounted");
  expect_seen([](State& s) { s.shows.at(show1).held_by.clear(); }, "owners' seats are miscounted");
  expect_seen([](State& s) { ++s.locked_by[owner_of({}, "s")]; }, "locked seats are miscounted");
  expect_seen([](State& s) { s.locked_by.clear(); }, "locked seats are miscounted");
  expect_seen([](State& s) { s.locks.at(LockId(7)).owner = owner_of(ann, {}); },
              "is another owner's");
}

TEST(Invariants, what_can_expire_has_a_deadline_and_nothing_else_has) {
  expect_seen([](State& s) { s.lock_deadlines.clear(); }, "would never expire");
  expect_seen([](State& s) { s.lock_deadlines = {{noon, LockId(7)}}; }, "would never expire");
  expect_seen([](State& s) { s.lock_deadlines.emplace(noon, LockId(99)); },
              "lock deadlines are miscounted");
  expect_seen([](State& s) { s.booking_deadlines.clear(); }, "its deadline and its status");
  expect_seen([](State& s) { s.bookings.at(booking2).status = BookingStatus::pending; },
              "its deadline and its status");
}

TEST(Invariants, captured_money_is_confirmed_or_due_back) {
  expect_seen([](State& s) { s.payments.at(payment2).refund_due = true; }, "money");
  expect_seen([](State& s) { s.payments.at(payment2).status = PaymentStatus::pending; }, "money");
}

TEST(Invariants, counts_agree_with_what_they_count) {
  expect_seen([](State& s) { ++s.movies.at(MovieId(1)).shows; }, "movie 1: shows");
  expect_seen([](State& s) { --s.theatres.at(TheatreId(1)).shows; }, "theatre 1: shows");
  expect_seen([](State& s) { ++s.shows.at(show2).live_bookings; }, "live bookings");
  expect_seen([](State& s) { s.users.clear(); }, "users are miscounted");
  expect_seen([](State& s) { s.users.at(ann).key = s.users.at(bob).key; }, "a key is of two users");
  expect_seen([](State& s) { s.erased_users.emplace(UserId(9), key_name(1)); },
              "a key is of two users");
  expect_seen([](State& s) { s.payments_by_transaction.clear(); }, "transactions");
}

// ---- evolve stops at events that contradict the state -------------------------------------------

void expect_bug(const events::EventBody& body, const char* why) {
  Scenario story = given(cinema(), locked({1}, {.session = "s"}), booked(booking1, {2}));
  EXPECT_DEATH(story.apply({body}, noon), why) << text_of(body);
}

TEST(Evolve, no_seat_is_ever_sold_twice) {
  expect_bug(booked(booking2, {2}), "no seat is ever sold twice");
  expect_bug(locked({2}, {.session = "s"}), "a booked seat cannot be locked");
}

TEST(Evolve, refuses_events_of_a_life_that_is_over) {
  expect_bug(events::SeatsReleased{show1, seats({3})}, "only a locked seat is given back");
  expect_bug(events::LockExpired{show1, seats({3})}, "only a locked seat lapses");
  expect_bug(events::LockExpired{show1, seats({1, 3})}, "a lock lapses with all its seats");
  expect_bug(confirmed(1, true), "a pending booking is paid in time");
  expect_bug(booked(BookingId(3), {5}), "ids are counted without gaps");
  expect_bug(events::ShowDeleted{show1}, "a deleted show is empty");
}

TEST(Evolve, refuses_gaps_in_positions_and_time_that_goes_back) {
  State state = given(cinema()).state();
  const events::Event event{.position = Position(8),
                            .command = Position(8),
                            .time = noon,
                            .actor = {},
                            .cause = {},
                            .idempotency = {},
                            .body = events::UserLoggedIn{ann}};
  EXPECT_DEATH(evolve(state, event), "positions have no gaps");
  auto earlier = event;
  earlier.position = earlier.command = Position(7);
  earlier.time = noon - tick;
  EXPECT_DEATH(evolve(state, earlier), "time never goes back");
}

}  // namespace
}  // namespace boxoffice::tests
