// Payments meet expiry here. The sequencer's order decides:
//
//   booking when the money arrives            outcome
//   pending                                   confirmed
//   expired or payment failed, seats free     taken again and confirmed, `late`
//   expired or payment failed, any taken      refund; the booking stays cancelled
//   cancelled by its user                     refund
//
// A second result: the same one changes nothing; a contradicting claim is refused. Only the gateway
// itself may turn a failure into a success, which then counts as late.
#include <algorithm>

#include "base/ensure.h"
#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

namespace {

bool all_free(const State& state, const Booking& booking) {
  const Show* show = find_or_null(state.shows, booking.show_id);
  if (show == nullptr) return false;
  return std::all_of(booking.seat_ids.begin(), booking.seat_ids.end(),
                     [show](SeatId id) { return seat_of(*show, id).status() == SeatStatus::free; });
}

bool may_be_taken_again(const State& state, const Booking& booking) {
  const bool lapsed = booking.status == BookingStatus::cancelled &&
                      (booking.cancel_reason == events::CancelReason::expired ||
                       booking.cancel_reason == events::CancelReason::payment_failed);
  return lapsed && all_free(state, booking);
}

Decision money_arrived(const State& state, PaymentId id, const Payment& payment,
                       const Uuid& transaction_id) {
  const Booking& booking = state.bookings.at(payment.booking_id);
  const bool late = booking.status != BookingStatus::pending;
  const events::PaymentSucceeded succeeded{.payment_id = id,
                                           .booking_id = payment.booking_id,
                                           .transaction_id = transaction_id,
                                           .late = late};
  if (!late || may_be_taken_again(state, booking)) {
    return accept(succeeded, events::BookingConfirmed{
                                 .booking_id = payment.booking_id, .payment_id = id, .late = late});
  }
  return accept(succeeded,
                events::RefundRequested{
                    .payment_id = id, .booking_id = payment.booking_id, .amount = payment.amount});
}

Decision money_refused(const State& state, PaymentId id, const Payment& payment,
                       const Uuid& transaction_id) {
  const events::PaymentFailed failed{
      .payment_id = id, .booking_id = payment.booking_id, .transaction_id = transaction_id};
  if (state.bookings.at(payment.booking_id).status != BookingStatus::pending) {
    return accept(failed);
  }
  return accept(failed,
                events::BookingCancelled{payment.booking_id, events::CancelReason::payment_failed});
}

}  // namespace

Decision decide_on(const State& state, const InitiatePayment& c, const Context& context) {
  const Booking* booking = find_or_null(state.bookings, c.booking_id);
  if (booking == nullptr) return refuse(Refusal::booking_not_found);
  const bool is_owner = context.actor.user_id == booking->user_id || is_admin(context.actor);
  const bool is_guest =
      booking->guest && !c.user_session.empty() && c.user_session == booking->session;
  if (!context.rules.open_access && !is_owner && !is_guest) {
    return refuse(Refusal::not_authorized);
  }
  if (booking->status != BookingStatus::pending) return refuse(Refusal::booking_not_pending);
  if (c.amount != booking->total) return refuse(Refusal::amount_mismatch);

  if (booking->payment_id) {
    // A failed payment would have cancelled the booking: the one there is is still pending.
    ENSURE(state.payments.at(booking->payment_id).status == PaymentStatus::pending,
           "a pending booking's payment is pending");
    return accept(events::CommandRepeated{.command = events::CommandType::initiate_payment,
                                          .booking_id = c.booking_id,
                                          .payment_id = booking->payment_id});
  }
  return accept(events::PaymentInitiated{
      .payment_id = state.next_payment,
      .booking_id = c.booking_id,
      .amount = c.amount,
      .payment_method = c.payment_method,
      .transaction_id = c.transaction_id,
      .booking_expires_at = booking->expires_at + context.rules.payment_grace});
}

Decision decide_on(const State& state, const RecordPaymentResult& c, const Context& context) {
  const PaymentId* id = find_or_null(state.payments_by_transaction, c.transaction_id);
  if (id == nullptr) return refuse(Refusal::payment_not_found);
  const Payment& payment = state.payments.at(*id);

  if (payment.status == PaymentStatus::pending) {
    return c.succeeded ? money_arrived(state, *id, payment, c.transaction_id)
                       : money_refused(state, *id, payment, c.transaction_id);
  }
  const bool known = (payment.status == PaymentStatus::succeeded) == c.succeeded;
  if (known || c.drawn) {
    return accept(events::CommandRepeated{.command = events::CommandType::record_payment_result,
                                          .booking_id = payment.booking_id,
                                          .payment_id = *id});
  }
  const bool gateway_says_paid = c.succeeded && context.actor.kind == events::ActorKind::gateway;
  if (!gateway_says_paid) {
    return Refused{.reason = Refusal::payment_already_settled,
                   .booking_id = payment.booking_id,
                   .payment_id = *id};
  }
  return money_arrived(state, *id, payment, c.transaction_id);
}

}  // namespace boxoffice::engine::domain
