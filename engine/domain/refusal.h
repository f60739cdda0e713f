// Why a command can be refused: the whole list, with what each one means.
//
// A refusal is an ordinary answer. It is recorded in the log as a CommandRefused event, so that an
// auditor can see who was refused what and why, and it is mapped to HTTP in http/api/refusals.cpp.
//
//   movie_not_found, theatre_not_found,   there is no such thing, or it was deleted
//   show_not_found, user_not_found,
//   booking_not_found, payment_not_found
//   not_authorized                        the booking belongs to somebody else
//   movie_has_shows, theatre_has_shows    a show that is not deleted needs it (or its seats)
//   show_has_bookings                     pending or confirmed bookings stand against the change
//   email_taken                           a user with that address exists
//   wrong_credentials                     unknown address, or the password does not match
//   seat_unknown, seat_repeated           not a seat of this show; named twice
//   seat_taken                            locked by another owner, or booked
//   seat_not_held                         not locked by this owner
//   lock_required                         the rules ask for a lock and there is none
//   quota_exceeded                        more seats than one owner may hold in a show, or have
//                                         locked in all of them
//   booking_not_pending                   it is confirmed or cancelled
//   booking_already_cancelled
//   amount_mismatch                       the payment is not the booking's total
//   payment_already_settled               the opposite result was recorded before
//   idempotency_key_reused                the key came with a different request
//   cooling_down                          this owner let the seat lapse a moment ago
#pragma once

#include <vector>

#include "events/events.h"

namespace boxoffice::engine::domain {

using events::Refusal;

/// A refusal, with the seats that stood in the way, or the payment that was settled already.
struct Refused {
  Refusal reason = Refusal::seat_taken;
  std::vector<SeatId> seat_ids{};
  BookingId booking_id{};
  PaymentId payment_id{};
};

}  // namespace boxoffice::engine::domain
