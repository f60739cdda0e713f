// The vocabularies that events share: roles, actors, reasons to cancel, kinds of command, and
// refusals. Their numbers are on disk for ever: append, never reorder.
#pragma once

#include <cstdint>

#include "base/describe.h"

namespace boxoffice::events {

BOOST_DEFINE_FIXED_ENUM_CLASS(Role, std::uint8_t, user, admin)

/// `anonymous`: no token; `system`: the engine itself (the passing of time, the demo data).
BOOST_DEFINE_FIXED_ENUM_CLASS(ActorKind, std::uint8_t, anonymous, user, admin, gateway, system)

BOOST_DEFINE_FIXED_ENUM_CLASS(CancelReason, std::uint8_t, payment_failed, expired, user,
                              show_cancelled)

BOOST_DEFINE_FIXED_ENUM_CLASS(CommandType, std::uint8_t, create_movie, change_movie, delete_movie,
                              create_theatre, change_theatre, delete_theatre, create_show,
                              change_show, delete_show, register_user, change_user,
                              change_user_role, log_in, lock_seats, release_seats, create_booking,
                              cancel_booking, initiate_payment, record_payment_result, advance_time,
                              erase_user)

/// Why a command was refused. Each states the fact; engine/domain/refusal.h explains every one.
BOOST_DEFINE_FIXED_ENUM_CLASS(Refusal, std::uint8_t, movie_not_found, theatre_not_found,
                              show_not_found, user_not_found, booking_not_found, payment_not_found,
                              not_authorized, movie_has_shows, theatre_has_shows, show_has_bookings,
                              email_taken, wrong_credentials, seat_unknown, seat_repeated,
                              seat_taken, seat_not_held, lock_required, quota_exceeded,
                              booking_not_pending, booking_already_cancelled, amount_mismatch,
                              payment_already_settled, idempotency_key_reused, cooling_down)

}  // namespace boxoffice::events
