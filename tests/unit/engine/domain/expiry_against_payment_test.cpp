// Expiry against payment: the order in which the two reach the sequencer decides. One test a row of
// the table:
//
//   order                                        outcome
//   initiate before the deadline                 the deadline is extended, once
//   success before the deadline                  confirmed
//   deadline, then success, all seats free       taken again in one commit: confirmed, late
//   deadline, then success, any seat taken       refund due, the booking stays cancelled
//   success twice                                the first one stands
//   success, then failure                        refused
//   failure, then success                        late success
//   unknown payment, other amount                refused, no effect
//   cancel, then success                         refund

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

constexpr Instant deadline = noon + minutes(10);
constexpr Instant extended = noon + minutes(12);
constexpr Money two_seats{2500};

Scenario a_payment_is_pending() {
  return given(cinema(), booked(booking1, {1, 2}), initiated(1, two_seats));
}

TEST(ExpiryAgainstPayment, initiating_before_the_deadline_extends_it_once) {
  given(cinema(), booked(booking1, {1, 2}))
      .when(pay(booking1, two_seats), nobody, deadline - tick)
      .then({initiated(1, two_seats, extended)})
      .when(pay(booking1, two_seats, 2), nobody, extended - tick)
      .then({events::CommandRepeated{CommandType::initiate_payment, booking1, payment1}})
      .when(AdvanceTime{}, nobody, extended)
      .then({expired(1)});
}

TEST(ExpiryAgainstPayment, initiating_at_the_deadline_is_too_late) {
  given(cinema(), booked(booking1, {1, 2}))
      .when(pay(booking1, two_seats), nobody, deadline)
      .then({expired(1)}, Refused{Refusal::booking_not_pending});
}

TEST(ExpiryAgainstPayment, success_before_the_deadline_confirms) {
  a_payment_is_pending()
      .when(says_paid(1), gateway, extended - tick)
      .then({succeeded(1), confirmed(1)})
      .when(AdvanceTime{}, nobody, extended + hours(1))
      .then_nothing();
}

TEST(ExpiryAgainstPayment, success_after_it_takes_the_seats_again_when_all_are_free) {
  auto story = a_payment_is_pending();
  story.when(AdvanceTime{}, nobody, extended)
      .then({expired(1)})
      .when(lock({1, 2}, "other"), nobody, extended)
      .then(
          {locked({1, 2}, {.session = "other", .since = extended, .until = extended + minutes(5)})})
      .when(says_paid(1), gateway, extended + minutes(5))
      .then({events::LockExpired{show1, seats({1, 2})}, succeeded(1, true), confirmed(1, true)})
      .when(lock({1}, "other"), nobody, extended + minutes(6))
      .then(Refused{Refusal::seat_taken, seats({1})});
  EXPECT_EQ(story.state().bookings.at(booking1).status, BookingStatus::confirmed);
}

TEST(ExpiryAgainstPayment, success_after_it_is_refunded_when_one_seat_is_locked) {
  auto story = a_payment_is_pending();
  story.when(lock({2}, "other"), nobody, extended)
      .then({expired(1),
             locked({2}, {.session = "other", .since = extended, .until = extended + minutes(5)})})
      .when(says_paid(1), gateway, extended + minutes(5) - tick)
      .then({succeeded(1, true), refund(1, two_seats)});
  EXPECT_EQ(story.state().bookings.at(booking1).status, BookingStatus::cancelled);
  EXPECT_EQ(story.state().bookings.at(booking1).cancel_reason, CancelReason::expired);
  EXPECT_TRUE(story.state().payments.at(payment1).refund_due);
}

TEST(ExpiryAgainstPayment, success_after_it_is_refunded_when_one_seat_is_resold) {
  a_payment_is_pending()
      .when(book({1}), nobody, extended)
      .then({expired(1), booked(booking2, {1}, {.expires_at = extended + minutes(10)})})
      .when(pay(booking2, price, 2), nobody, extended)
      .then({initiated(2, price, extended + minutes(12))})
      .when(says_paid(2), gateway, extended)
      .then({succeeded(2), confirmed(2)})
      .when(says_paid(1), gateway, extended)
      .then({succeeded(1, true), refund(1, two_seats)});
}

TEST(ExpiryAgainstPayment, success_after_the_show_is_gone_is_refunded) {
  a_payment_is_pending()
      .when(DeleteShow{show1}, admin, extended)
      .then({expired(1), events::ShowDeleted{show1}})
      .when(says_paid(1), gateway, extended)
      .then({succeeded(1, true), refund(1, two_seats)});
}

TEST(ExpiryAgainstPayment, of_two_late_payers_for_one_seat_the_first_gets_it) {
  given(cinema(), booked(booking1, {1}), initiated(1, price), expired(1), booked(booking2, {1}),
        initiated(2, price), expired(2))
      .when(says_paid(2), gateway)
      .then({succeeded(2, true), confirmed(2, true)})
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), refund(1, price)});
}

TEST(ExpiryAgainstPayment, a_late_success_can_be_cancelled_and_is_then_refunded) {
  a_payment_is_pending()
      .when(says_paid(1), gateway, extended)
      .then({expired(1), succeeded(1, true), confirmed(1, true)})
      .when(CancelBooking{booking1}, nobody, extended)
      .then({cancelled(1, CancelReason::user), refund(1, two_seats)});
}

TEST(ExpiryAgainstPayment, success_twice_is_one_success) {
  auto story = a_payment_is_pending();
  story.when(says_paid(1), gateway)
      .then({succeeded(1), confirmed(1)})
      .when(says_paid(1), gateway)
      .then({result_repeated(1)});
  EXPECT_EQ(story.state().bookings.size(), 1U);
}

TEST(ExpiryAgainstPayment, a_late_success_twice_is_refunded_once) {
  given(cinema(), booked(booking1, {1, 2}), initiated(1, two_seats), expired(1),
        locked({1}, {.session = "other"}))
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), refund(1, two_seats)})
      .when(says_paid(1), gateway)
      .then({result_repeated(1)})
      .when(says_paid(1), gateway, noon + minutes(5))
      .then({events::LockExpired{show1, seats({1})}, result_repeated(1)});
}

TEST(ExpiryAgainstPayment, a_failure_after_success_is_refused_and_leaves_the_booking) {
  auto story = a_payment_is_pending();
  story.when(says_paid(1), gateway)
      .then({succeeded(1), confirmed(1)})
      .when(says_failed(1), gateway)
      .then(Refusal::payment_already_settled);
  EXPECT_EQ(story.state().bookings.at(booking1).status, BookingStatus::confirmed);
}

TEST(ExpiryAgainstPayment, a_success_after_failure_is_a_late_success) {
  a_payment_is_pending()
      .when(says_failed(1), gateway)
      .then({failed(1), cancelled(1, CancelReason::payment_failed)})
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), confirmed(1, true)});
  a_payment_is_pending()
      .when(says_failed(1), gateway)
      .then({failed(1), cancelled(1, CancelReason::payment_failed)})
      .when(book({2}))
      .then({booked(booking2, {2})})
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), refund(1, two_seats)});
}

TEST(ExpiryAgainstPayment, an_unknown_payment_or_another_amount_has_no_effect) {
  auto story = given(cinema(), booked(booking1, {1, 2}));
  story.when(says_paid(9), gateway)
      .then(Refusal::payment_not_found)
      .when(pay(booking1, price))
      .then(Refusal::amount_mismatch);
  EXPECT_TRUE(story.state().payments.empty());
  EXPECT_EQ(story.state().bookings.at(booking1).expires_at, deadline);
}

TEST(ExpiryAgainstPayment, success_after_a_cancellation_is_refunded_though_the_seats_are_free) {
  a_payment_is_pending()
      .when(CancelBooking{booking1})
      .then({cancelled(1, CancelReason::user)})
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), refund(1, two_seats)});
}

TEST(ExpiryAgainstPayment, a_failure_after_the_deadline_does_not_change_why_it_was_cancelled) {
  auto story = a_payment_is_pending();
  story.when(says_failed(1), gateway, extended).then({expired(1), failed(1)});
  EXPECT_EQ(story.state().bookings.at(booking1).cancel_reason, CancelReason::expired);
}

}  // namespace
}  // namespace boxoffice::tests
