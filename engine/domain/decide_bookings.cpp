#include <algorithm>

#include "base/text.h"
#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

namespace {

// How a booking stands to the locks on its seats.
//
//   proof             a locked seat may be booked                      a free seat may be booked
//   session           by the lock's session; and if a token came       unless a lock is required
//                     with the lock, only with that user's token
//   token, no session by the lock's user                               unless a lock is required
//   none (implicit)   when every seat is in locks of one session that  only if all of them are
//                     were taken without a token
class LockProof {
 public:
  LockProof(const State& state, const Show& show, const CreateBooking& command,
            const Context& context)
      : state_(state), show_(show), command_(command), context_(context) {}

  // The seats that stand in the way.
  std::vector<SeatId> taken_seats() const {
    const bool implicit = implicit_session() != nullptr;
    std::vector<SeatId> taken;
    for (const SeatId id : command_.seat_ids) {
      const Seat& seat = seat_of(show_, id);
      if (seat.status() == SeatStatus::free) continue;
      if (seat.status() == SeatStatus::locked) {
        if (implicit || opens(state_.locks.at(seat.lock()))) continue;
      }
      taken.push_back(id);
    }
    return taken;
  }

  // REQUIRES: taken_seats() is empty.
  bool lock_is_missing() const {
    const bool session_given = !command_.user_session.empty();
    const bool anonymous_guest = !context_.actor.user_id && !session_given;
    if (context_.rules.lock_proof_required) {
      return any_free() || implicit_session() != nullptr;
    }
    if (context_.rules.open_access || context_.actor.user_id) return false;
    return anonymous_guest || any_free();
  }

  // The session that the booking is held for: the one given, or the one that its locks imply.
  std::string session() const {
    if (!command_.user_session.empty()) return command_.user_session;
    const std::string* implied = implicit_session();
    return implied != nullptr ? *implied : std::string();
  }

 private:
  bool opens(const Lock& lock) const {
    const UserId user = context_.actor.user_id;
    if (lock.user_id && lock.user_id != user) return false;
    if (!command_.user_session.empty()) return lock.session == command_.user_session;
    return static_cast<bool>(lock.user_id);
  }

  bool any_free() const {
    return std::any_of(command_.seat_ids.begin(), command_.seat_ids.end(), [this](SeatId id) {
      return seat_of(show_, id).status() == SeatStatus::free;
    });
  }

  // The one session whose token-less locks cover every seat, when the client named none.
  const std::string* implicit_session() const {
    if (!command_.user_session.empty()) return nullptr;
    const std::string* session = nullptr;
    for (const SeatId id : command_.seat_ids) {
      const Seat& seat = seat_of(show_, id);
      if (seat.status() != SeatStatus::locked) return nullptr;
      const Lock& lock = state_.locks.at(seat.lock());
      if (lock.user_id || (session != nullptr && *session != lock.session)) return nullptr;
      session = &lock.session;
    }
    return session;
  }

  const State& state_;
  const Show& show_;
  const CreateBooking& command_;
  const Context& context_;
};

}  // namespace

Decision decide_on(const State& state, const CreateBooking& c, const Context& context) {
  const Show* show = find_or_null(state.shows, c.show_id);
  if (show == nullptr) return refuse(Refusal::show_not_found);

  const UserId* user = find_or_null(state.users_by_email, c.email_fingerprint);
  if (user == nullptr) return refuse(Refusal::user_not_found);
  const UserId caller = context.actor.user_id;
  const bool for_another = caller && caller != *user && !is_admin(context.actor);
  if (for_another && !context.rules.open_access) return refuse(Refusal::user_not_found);

  if (auto refused = check_seat_list(*show, c.seat_ids)) return *std::move(refused);

  const LockProof proof(state, *show, c, context);
  auto taken = proof.taken_seats();
  if (!taken.empty()) return refuse(Refusal::seat_taken, std::move(taken));
  if (proof.lock_is_missing()) return refuse(Refusal::lock_required);

  const std::string session = caller ? std::string() : proof.session();
  const Owner owner = owner_of(caller ? *user : UserId(), session);
  const std::size_t more = count_new(state, *show, c.seat_ids, owner);
  if (c.seat_ids.size() > context.rules.seats_per_owner_max ||
      exceeds_quota(*show, owner, more, context.rules)) {
    return refuse(Refusal::quota_exceeded);
  }
  return accept(events::BookingCreated{
      .booking_id = state.next_booking,
      .user_id = *user,
      .show_id = c.show_id,
      .seat_ids = c.seat_ids,
      .total_amount = show->price * static_cast<std::int64_t>(c.seat_ids.size()),
      .expires_at = context.now + context.rules.payment_deadline,
      .guest = !caller,
      .user_session = session});
}

Decision decide_on(const State& state, const CancelBooking& c, const Context& context) {
  const Booking* booking = find_or_null(state.bookings, c.booking_id);
  if (booking == nullptr) return refuse(Refusal::booking_not_found);

  const bool is_owner = context.actor.user_id && context.actor.user_id == booking->user_id;
  const bool guests_own = context.rules.open_access && booking->guest && !context.actor.user_id;
  if (!is_owner && !is_admin(context.actor) && !guests_own) {
    return refuse(Refusal::not_authorized);
  }
  if (booking->status == BookingStatus::cancelled) {
    return refuse(Refusal::booking_already_cancelled);
  }
  const events::BookingCancelled cancelled{c.booking_id, events::CancelReason::user};
  if (booking->status == BookingStatus::pending) return accept(cancelled);
  return accept(cancelled, events::RefundRequested{.payment_id = booking->payment_id,
                                                   .booking_id = c.booking_id,
                                                   .amount = booking->total});
}

}  // namespace boxoffice::engine::domain
