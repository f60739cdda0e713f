// Payments: the ladders of InitiatePayment and RecordPaymentResult.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

constexpr Rules production{.open_access = false};

// ---- The ladder of InitiatePayment --------------------------------------------------------------

TEST(InitiatePayment, starts_a_payment_and_extends_the_deadline_by_the_grace) {
  given(cinema(), booked(booking1, {1, 2}))
      .when(pay(booking1, price * 2), nobody, noon + minutes(3))
      .then({initiated(1, price * 2, noon + minutes(12))});
}

TEST(InitiatePayment, is_refused_when_there_is_no_such_booking) {
  given(cinema()).when(pay(booking1, price)).then(Refusal::booking_not_found);
}

TEST(InitiatePayment, in_production_is_refused_to_strangers_before_all_else) {
  const Scenario start =
      given(cinema(), booked(booking1, {1}, {.guest = false}), cancelled(1, CancelReason::user))
          .with(production);
  Scenario(start).when(pay(booking1, price), user(2)).then(Refusal::not_authorized);
  Scenario(start).when(pay(booking1, price), nobody).then(Refusal::not_authorized);
  Scenario(start).when(pay(booking1, price), user(1)).then(Refusal::booking_not_pending);
  Scenario(start).when(pay(booking1, price), admin).then(Refusal::booking_not_pending);
}

TEST(InitiatePayment, of_a_guest_in_production_needs_the_session_of_the_booking) {
  const Scenario start =
      given(cinema(), booked(booking1, {1}, {.guest = true, .session = "s"})).with(production);
  InitiatePayment by_session = pay(booking1, price);
  by_session.user_session = "s";
  InitiatePayment by_another = by_session;
  by_another.user_session = "t";
  Scenario(start).when(by_session).then({initiated(1, price)});
  Scenario(start).when(by_another).then(Refusal::not_authorized);
  Scenario(start).when(pay(booking1, price)).then(Refusal::not_authorized);
}

TEST(InitiatePayment, is_refused_for_a_booking_that_is_not_pending_before_the_amount) {
  given(cinema(), booked(booking1, {1}), cancelled(1, CancelReason::user))
      .when(pay(booking1, Money{1}))
      .then(Refusal::booking_not_pending);
  given(cinema(), booked(booking1, {1}), initiated(1, price), succeeded(1), confirmed(1))
      .when(pay(booking1, price))
      .then(Refusal::booking_not_pending);
}

TEST(InitiatePayment, is_refused_for_any_other_amount) {
  const Scenario start = given(cinema(), booked(booking1, {1, 2}));
  for (const Money amount : {Money{2499}, Money{2501}, Money{0}, Money{-2500}, price}) {
    Scenario(start).when(pay(booking1, amount)).then(Refusal::amount_mismatch);
  }
}

TEST(InitiatePayment, while_one_is_pending_repeats_it_and_extends_nothing) {
  auto story = given(cinema(), booked(booking1, {1}), initiated(1, price));
  story.when(pay(booking1, price, 2), nobody, noon + minutes(11))
      .then({events::CommandRepeated{CommandType::initiate_payment, booking1, payment1}});
  EXPECT_EQ(story.state().payments.size(), 1U);
  EXPECT_EQ(story.state().bookings.at(booking1).expires_at, noon + minutes(12));
}

TEST(InitiatePayment, checks_the_amount_of_a_repeated_one_too) {
  given(cinema(), booked(booking1, {1}), initiated(1, price))
      .when(pay(booking1, Money{1}))
      .then(Refusal::amount_mismatch);
}

TEST(InitiatePayment, takes_the_price_that_the_booking_was_made_at) {
  given(cinema(), booked(booking1, {1}), events::ShowChanged{show1, show_day, eight, Money{9900}})
      .when(pay(booking1, Money{9900}))
      .then(Refusal::amount_mismatch)
      .when(pay(booking1, price))
      .then({initiated(1, price)});
}

TEST(InitiatePayment, with_no_grace_leaves_the_deadline) {
  given(cinema(), booked(booking1, {1}))
      .with({.payment_grace = Duration(0)})
      .when(pay(booking1, price))
      .then({initiated(1, price, noon + minutes(10))})
      .when(AdvanceTime{}, nobody, noon + minutes(10))
      .then({expired(1)});
}

TEST(PaymentGrace, the_booking_holds_a_tick_before_the_extended_deadline_and_not_at_it) {
  const Instant deadline = noon + minutes(12);
  const Scenario start = given(cinema(), booked(booking1, {1}), initiated(1, price));
  Scenario(start).when(AdvanceTime{}, nobody, noon + minutes(10)).then_nothing();
  Scenario(start).when(says_paid(1), gateway, deadline - tick).then({succeeded(1), confirmed(1)});
  Scenario(start)
      .when(says_paid(1), gateway, deadline)
      .then({expired(1), succeeded(1, true), confirmed(1, true)});
}

// ---- The ladder of RecordPaymentResult ----------------------------------------------------------

TEST(RecordPaymentResult, is_refused_for_an_unknown_transaction) {
  given(cinema(), booked(booking1, {1}), initiated(1, price))
      .when(says_paid(2), gateway)
      .then(Refusal::payment_not_found);
}

TEST(RecordPaymentResult, success_confirms_the_booking) {
  given(cinema(), booked(booking1, {1}), initiated(1, price))
      .when(says_paid(1), gateway)
      .then({succeeded(1), confirmed(1)});
}

TEST(RecordPaymentResult, failure_cancels_the_booking_and_frees_its_seats) {
  given(cinema(), booked(booking1, {1}), initiated(1, price))
      .when(says_failed(1), gateway)
      .then({failed(1), cancelled(1, CancelReason::payment_failed)})
      .when(lock({1}, "other"))
      .then({locked({1}, {.session = "other"})});
}

TEST(RecordPaymentResult, failure_after_the_booking_is_gone_changes_the_payment_only) {
  given(cinema(), booked(booking1, {1}), initiated(1, price), cancelled(1, CancelReason::user))
      .when(says_failed(1), gateway)
      .then({failed(1)});
}

TEST(RecordPaymentResult, the_same_result_again_changes_nothing) {
  const Scenario paid =
      given(cinema(), booked(booking1, {1}), initiated(1, price), succeeded(1), confirmed(1));
  Scenario(paid).when(says_paid(1), gateway).then({result_repeated(1)});
  const Scenario unpaid = given(cinema(), booked(booking1, {1}), initiated(1, price), failed(1),
                                cancelled(1, CancelReason::payment_failed));
  Scenario(unpaid).when(says_failed(1), gateway).then({result_repeated(1)});
}

TEST(RecordPaymentResult, the_first_success_stands_whoever_contradicts_it) {
  const Scenario paid =
      given(cinema(), booked(booking1, {1}), initiated(1, price), succeeded(1), confirmed(1));
  for (const auto& by : {nobody, user(1), admin, gateway}) {
    Scenario(paid).when(says_failed(1), by).then(Refusal::payment_already_settled);
  }
}

TEST(RecordPaymentResult, only_the_gateway_turns_a_failure_into_a_success) {
  const Scenario unpaid = given(cinema(), booked(booking1, {1}), initiated(1, price), failed(1),
                                cancelled(1, CancelReason::payment_failed));
  for (const auto& by : {nobody, user(1), admin}) {
    Scenario(unpaid).when(says_paid(1), by).then(Refusal::payment_already_settled);
  }
  Scenario(unpaid)
      .when(says_paid(1), gateway)
      .then({succeeded(1, true), confirmed(1, true)})
      .when(says_paid(1), gateway)
      .then({result_repeated(1)});
}

TEST(RecordPaymentResult, a_drawn_outcome_never_contradicts_what_is_known) {
  auto drawn = says_paid(1);
  drawn.drawn = true;
  const Scenario start = given(cinema(), booked(booking1, {1}), initiated(1, price));
  Scenario(start).when(drawn).then({succeeded(1), confirmed(1)});
  Scenario(start)
      .when(says_failed(1))
      .then({failed(1), cancelled(1, CancelReason::payment_failed)})
      .when(drawn, gateway)
      .then({result_repeated(1)});
  drawn.succeeded = false;
  Scenario(start)
      .when(says_paid(1))
      .then({succeeded(1), confirmed(1)})
      .when(drawn)
      .then({result_repeated(1)});
}

}  // namespace
}  // namespace boxoffice::tests
