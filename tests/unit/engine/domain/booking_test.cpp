// Bookings: the ladders of CreateBooking and CancelBooking, the proof of a lock, and deadlines.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

constexpr Rules proof_required{.lock_proof_required = true};
constexpr Rules production{.open_access = false};

events::BookingCreated booked_by_ann(std::vector<std::uint32_t> numbers) {
  return booked(booking1, std::move(numbers), {.user_id = ann, .guest = false});
}

// ---- The ladder of CreateBooking ----------------------------------------------------------------

TEST(CreateBooking, takes_free_seats_at_the_shows_price_until_the_payment_deadline) {
  given(cinema())
      .when(book({1, 2, 3}))
      .then({events::BookingCreated{.booking_id = booking1,
                                    .user_id = ann,
                                    .show_id = show1,
                                    .seat_ids = seats({1, 2, 3}),
                                    .total_amount = Money{3750},
                                    .expires_at = noon + minutes(10),
                                    .guest = true,
                                    .user_session = ""}});
}

TEST(CreateBooking, is_refused_for_a_show_that_does_not_exist_before_all_else) {
  given(cinema())
      .when(CreateBooking{ShowId(9), seats({1, 1}), fingerprint("nobody"), ""})
      .then(Refusal::show_not_found);
}

TEST(CreateBooking, is_refused_for_an_unknown_address_before_looking_at_the_seats) {
  given(cinema()).when(book({99}, "", fingerprint("nobody"))).then(Refusal::user_not_found);
}

TEST(CreateBooking, is_refused_for_unknown_seats_before_repeated_ones) {
  given(cinema()).when(book({1, 1, 13})).then(Refused{Refusal::seat_unknown, seats({13})});
  given(cinema()).when(book({})).then(Refusal::seat_unknown);
}

TEST(CreateBooking, is_refused_for_repeated_seats_before_taken_ones) {
  given(cinema(), booked(booking1, {1}))
      .when(book({1, 1}))
      .then(Refused{Refusal::seat_repeated, seats({1})});
}

TEST(CreateBooking, is_refused_for_booked_seats_and_takes_nothing) {
  given(cinema(), booked(booking1, {1}))
      .when(book({1, 2}))
      .then(Refused{Refusal::seat_taken, seats({1})})
      .when(book({2}))
      .then({booked(booking2, {2})});
}

TEST(CreateBooking, reports_taken_seats_before_a_missing_lock) {
  given(cinema(), locked({1}, {.session = "other"}))
      .with(proof_required)
      .when(book({1, 2}, "s"))
      .then(Refused{Refusal::seat_taken, seats({1})});
}

TEST(CreateBooking, reports_a_missing_lock_before_the_quota) {
  given(cinema())
      .with(proof_required)
      .when(CreateBooking{show1, seats_from_to(1, 11), ann_email, "s"})
      .then(Refusal::lock_required);
}

TEST(CreateBooking, is_refused_beyond_the_quota_of_the_user_or_the_session) {
  const CreateBooking eleven{show1, seats_from_to(1, 11), ann_email, ""};
  given(cinema()).when(eleven, user(1)).then(Refusal::quota_exceeded);
  CreateBooking with_session = eleven;
  with_session.user_session = "s";
  given(cinema()).when(with_session).then(Refusal::quota_exceeded);
}

TEST(CreateBooking, of_a_guest_without_a_session_is_limited_but_not_counted) {
  given(cinema())
      .when(CreateBooking{show1, seats_from_to(1, 11), ann_email, ""})
      .then(Refusal::quota_exceeded);
  auto outcome = given(cinema(), booked(booking1, {1, 2, 3, 4, 5, 6}))
                     .when(CreateBooking{show1, seats_from_to(7, 12), ann_email, ""})
                     .happened();
  ASSERT_EQ(outcome.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<events::BookingCreated>(outcome[0]));
}

TEST(CreateBooking, counts_seats_that_were_locked_before_once) {
  given(cinema(), locked({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"}))
      .when(CreateBooking{show1, seats_from_to(1, 10), ann_email, "s"})
      .then({booked(booking1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"})})
      .when(book({11}, "s"))
      .then(Refusal::quota_exceeded);
}

TEST(CreateBooking, frees_the_quota_when_it_is_cancelled) {
  given(cinema(), booked(booking1, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {.session = "s"}),
        cancelled(1, CancelReason::user))
      .when(book({11}, "s"))
      .then({booked(booking2, {11}, {.session = "s"})});
}

// ---- The proof of a lock ------------------------------------------------------------------------

TEST(LockProof, the_locks_session_may_book_its_seats_and_free_ones) {
  given(cinema(), locked({1, 2}, {.session = "s"}))
      .when(book({1, 2, 3}, "s"))
      .then({booked(booking1, {1, 2, 3}, {.session = "s"})});
}

TEST(LockProof, another_session_may_not) {
  given(cinema(), locked({1, 2}, {.session = "s"}))
      .when(book({1, 2}, "other"))
      .then(Refused{Refusal::seat_taken, seats({1, 2})});
}

TEST(LockProof, without_a_session_all_seats_may_be_of_one_lock_that_was_taken_without_a_token) {
  given(cinema(), locked({1, 2}, {.session = "s"}))
      .when(book({1, 2}))
      .then({booked(booking1, {1, 2}, {.session = "s"})});
}

TEST(LockProof, one_lock_means_one_session) {
  given(cinema(), locked({1}, {.session = "s"}), locked({2}, {.session = "s"}))
      .when(book({1, 2}))
      .then({booked(booking1, {1, 2}, {.session = "s"})});
  given(cinema(), locked({1}, {.session = "s"}), locked({2}, {.session = "other"}))
      .when(book({1, 2}))
      .then(Refused{Refusal::seat_taken, seats({1, 2})});
}

TEST(LockProof, without_a_session_free_and_locked_seats_do_not_mix) {
  given(cinema(), locked({1}, {.session = "s"}))
      .when(book({1, 2}))
      .then(Refused{Refusal::seat_taken, seats({1})});
}

TEST(LockProof, the_front_end_locks_without_a_token_and_books_with_one_and_no_session) {
  auto story = given(cinema(), locked({1, 2}, {.session = "s"}));
  story.when(book({1, 2}), user(1)).then({booked_by_ann({1, 2})});
  EXPECT_TRUE(story.state().locks.empty());
}

TEST(LockProof, a_lock_taken_with_a_token_is_booked_with_that_users_token_only) {
  const Scenario start = given(cinema(), locked({1}, {.session = "s", .user_id = ann}));
  for (const auto& by : {nobody, user(2)}) {
    for (const std::string session : {"s", ""}) {
      Scenario(start)
          .when(book({1}, session, by == nobody ? ann_email : bob_email), by)
          .then(Refused{Refusal::seat_taken, seats({1})});
    }
  }
  Scenario(start).when(book({1}, "s"), user(1)).then({booked_by_ann({1})});
  Scenario(start).when(book({1, 2}), user(1)).then({booked_by_ann({1, 2})});
  Scenario(start).when(book({1}, "other"), user(1)).then(Refused{Refusal::seat_taken, seats({1})});
}

TEST(LockProof, when_required_free_seats_cannot_be_booked) {
  given(cinema(), locked({1}, {.session = "s"}))
      .with(proof_required)
      .when(book({1, 2}, "s"))
      .then(Refusal::lock_required)
      .when(book({2}), user(1))
      .then(Refusal::lock_required)
      .when(book({1}, "s"))
      .then({booked(booking1, {1}, {.session = "s"})});
}

TEST(LockProof, when_required_an_implied_session_is_no_proof_and_a_token_is) {
  given(cinema(), locked({1}, {.session = "s"}), locked({2}, {.session = "t", .user_id = ann}))
      .with(proof_required)
      .when(book({1}))
      .then(Refusal::lock_required)
      .when(book({1}), user(1))
      .then(Refusal::lock_required)
      .when(book({2}), user(1))
      .then({booked_by_ann({2})});
}

TEST(LockProof, in_production_a_guest_books_only_what_its_session_has_locked) {
  const Scenario start = given(cinema(), locked({1}, {.session = "s"})).with(production);
  Scenario(start).when(book({2})).then(Refusal::lock_required);
  Scenario(start).when(book({1})).then(Refusal::lock_required);
  Scenario(start).when(book({1, 2}, "s")).then(Refusal::lock_required);
  Scenario(start).when(book({1}, "s")).then({booked(booking1, {1}, {.session = "s"})});
  Scenario(start).when(book({2}), user(1)).then({booked_by_ann({2})});
}

TEST(CreateBooking, in_production_only_an_admin_books_for_another_user) {
  const Scenario start = given(cinema()).with(production);
  Scenario(start).when(book({1}), user(2)).then(Refusal::user_not_found);
  Scenario(start).when(book({1}), admin).then({booked_by_ann({1})});
  given(cinema()).when(book({1}), user(2)).then({booked_by_ann({1})});
}

// ---- The deadline -------------------------------------------------------------------------------

TEST(BookingExpiry, a_booking_holds_a_tick_before_its_deadline_and_not_at_it) {
  const Instant deadline = noon + minutes(10);
  const Scenario start = given(cinema(), booked(booking1, {1}));
  Scenario(start).when(AdvanceTime{}, nobody, deadline - tick).then_nothing();
  Scenario(start).when(pay(booking1, price), nobody, deadline - tick).then({initiated(1, price)});
  Scenario(start)
      .when(pay(booking1, price), nobody, deadline)
      .then({expired(1)}, Refused{Refusal::booking_not_pending});
  Scenario(start)
      .when(lock({1}, "other"), nobody, deadline)
      .then({expired(1),
             locked({1}, {.session = "other", .since = deadline, .until = deadline + minutes(5)})});
}

TEST(BookingExpiry, a_confirmed_booking_never_expires) {
  given(cinema(), booked(booking1, {1}), initiated(1, price), succeeded(1), confirmed(1))
      .when(AdvanceTime{}, nobody, noon + hours(1000))
      .then_nothing();
}

TEST(BookingExpiry, seats_of_an_expired_lock_that_were_booked_stay_booked) {
  given(cinema(), locked({1, 2}, {.session = "s"}), booked(booking1, {1}, {.session = "s"}))
      .when(AdvanceTime{}, nobody, noon + minutes(5))
      .then({events::LockExpired{show1, seats({2})}})
      .when(lock({1}, "other"), nobody, noon + minutes(5))
      .then(Refused{Refusal::seat_taken, seats({1})});
}

// ---- CancelBooking ------------------------------------------------------------------------------

TEST(CancelBooking, frees_the_seats_of_a_pending_booking) {
  given(cinema(), booked(booking1, {1, 2}))
      .when(CancelBooking{booking1})
      .then({cancelled(1, CancelReason::user)})
      .when(lock({1, 2}, "other"))
      .then({locked({1, 2}, {.session = "other"})});
}

TEST(CancelBooking, refunds_a_confirmed_booking) {
  given(cinema(), booked(booking1, {1, 2}), initiated(1, price * 2), succeeded(1), confirmed(1))
      .when(CancelBooking{booking1})
      .then({cancelled(1, CancelReason::user), refund(1, price * 2)});
}

TEST(CancelBooking, is_refused_when_there_is_no_such_booking) {
  given(cinema()).when(CancelBooking{booking1}, admin).then(Refusal::booking_not_found);
}

TEST(CancelBooking, is_refused_to_strangers_before_saying_what_became_of_it) {
  const Scenario of_ann = given(cinema(), booked_by_ann({1}), cancelled(1, CancelReason::user));
  Scenario(of_ann).when(CancelBooking{booking1}, user(2)).then(Refusal::not_authorized);
  Scenario(of_ann).when(CancelBooking{booking1}, nobody).then(Refusal::not_authorized);
  Scenario(of_ann).when(CancelBooking{booking1}, user(1)).then(Refusal::booking_already_cancelled);
}

TEST(CancelBooking, is_open_to_the_owner_and_to_admins) {
  const Scenario start = given(cinema(), booked_by_ann({1}));
  Scenario(start).when(CancelBooking{booking1}, user(1)).then({cancelled(1, CancelReason::user)});
  Scenario(start).when(CancelBooking{booking1}, admin).then({cancelled(1, CancelReason::user)});
}

TEST(CancelBooking, of_a_guest_needs_no_token_in_the_demo_profile_only) {
  const Scenario start = given(cinema(), booked(booking1, {1}));
  Scenario(start).when(CancelBooking{booking1}, user(2)).then(Refusal::not_authorized);
  Scenario(start).when(CancelBooking{booking1}).then({cancelled(1, CancelReason::user)});
  Scenario(start)
      .with(production)
      .when(CancelBooking{booking1})
      .then(Refusal::not_authorized)
      .when(CancelBooking{booking1}, user(1))
      .then({cancelled(1, CancelReason::user)});
}

TEST(CancelBooking, is_refused_the_second_time) {
  given(cinema(), booked(booking1, {1}))
      .when(CancelBooking{booking1})
      .then({cancelled(1, CancelReason::user)})
      .when(CancelBooking{booking1})
      .then(Refusal::booking_already_cancelled);
}

TEST(CancelBooking, is_refused_for_a_booking_that_expired) {
  given(cinema(), booked(booking1, {1}))
      .when(CancelBooking{booking1}, nobody, noon + minutes(10))
      .then({expired(1)}, Refused{Refusal::booking_already_cancelled});
}

}  // namespace
}  // namespace boxoffice::tests
