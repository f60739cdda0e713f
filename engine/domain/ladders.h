// The ladder of each command, by area. Only decide.cpp calls these.
#pragma once

#include "engine/domain/decide.h"

namespace boxoffice::engine::domain {

// decide_catalog.cpp
Decision decide_on(const State&, const CreateMovie&, const Context&);
Decision decide_on(const State&, const ChangeMovie&, const Context&);
Decision decide_on(const State&, const DeleteMovie&, const Context&);
Decision decide_on(const State&, const CreateTheatre&, const Context&);
Decision decide_on(const State&, const ChangeTheatre&, const Context&);
Decision decide_on(const State&, const DeleteTheatre&, const Context&);
Decision decide_on(const State&, const CreateShow&, const Context&);
Decision decide_on(const State&, const ChangeShow&, const Context&);
Decision decide_on(const State&, const DeleteShow&, const Context&);

// decide_users.cpp
Decision decide_on(const State&, const RegisterUser&, const Context&);
Decision decide_on(const State&, const ChangeUser&, const Context&);
Decision decide_on(const State&, const ChangeUserRole&, const Context&);
Decision decide_on(const State&, const LogIn&, const Context&);
Decision decide_on(const State&, const EraseUser&, const Context&);

// decide_seats.cpp
Decision decide_on(const State&, const LockSeats&, const Context&);
Decision decide_on(const State&, const ReleaseSeats&, const Context&);
Decision decide_on(const State&, const AdvanceTime&, const Context&);

// decide_bookings.cpp
Decision decide_on(const State&, const CreateBooking&, const Context&);
Decision decide_on(const State&, const CancelBooking&, const Context&);

// decide_payments.cpp
Decision decide_on(const State&, const InitiatePayment&, const Context&);
Decision decide_on(const State&, const RecordPaymentResult&, const Context&);

// Shared rungs, decide_seats.cpp.

/// The first refusal about the list itself: empty, unknown or repeated seats.
std::optional<Refused> check_seat_list(const Show& show, const std::vector<SeatId>& seat_ids);

/// How many of `seat_ids` are not locked by `owner` already.
std::size_t count_new(const State& state, const Show& show, const std::vector<SeatId>& seat_ids,
                      Owner owner);

/// Whether `owner` would hold more than the quota of the show with `seats` more.
bool exceeds_quota(const Show& show, Owner owner, std::size_t seats, const Rules& rules);

template <class... Bodies>
Decision accept(Bodies&&... bodies) {
  Accepted accepted;
  accepted.reserve(sizeof...(bodies));
  (accepted.emplace_back(std::forward<Bodies>(bodies)), ...);
  return accepted;
}

inline Decision refuse(Refusal reason, std::vector<SeatId> seat_ids = {}) {
  return Refused{.reason = reason, .seat_ids = std::move(seat_ids)};
}

/// An admin, or the engine itself.
inline bool is_admin(const events::Actor& actor) {
  return actor.kind == events::ActorKind::admin || actor.kind == events::ActorKind::system;
}

}  // namespace boxoffice::engine::domain
