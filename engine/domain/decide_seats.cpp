#include <algorithm>
#include <functional>

#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

namespace {

struct Caller {
  UserId user_id;
  const std::string& session;
};

// May this caller renew or release the lock? The user of the token it was taken with, or, when it
// was taken without one, whoever knows the session.
bool may_change(const Lock& lock, const Caller& caller) {
  return lock.user_id ? lock.user_id == caller.user_id : lock.session == caller.session;
}

bool exceeds_live_locks(const State& state, Owner owner, std::size_t seats, const Rules& rules) {
  if (!owner) return false;
  const std::uint32_t* locked = find_or_null(state.locked_by, owner);
  return (locked != nullptr ? *locked : 0) + seats > rules.live_locks_per_owner_max;
}

// The seats that the owner let lapse and must leave alone for a while.
std::vector<SeatId> cooling_seats(const State& state, const Show& show,
                                  const std::vector<SeatId>& seat_ids, Owner owner,
                                  const Context& context) {
  std::vector<SeatId> cooling;
  if (context.rules.lock_cooldown == Duration(0)) return cooling;
  for (const SeatId id : seat_ids) {
    const Seat& seat = seat_of(show, id);
    if (seat.status() != SeatStatus::free) continue;
    const Lapse* lapse = find_lapse(state, seat.lapse());
    if (lapse == nullptr || lapse->owner != owner) continue;
    if (context.now < lapse->time + context.rules.lock_cooldown) cooling.push_back(id);
  }
  return cooling;
}

}  // namespace

std::optional<Refused> check_seat_list(const Show& show, const std::vector<SeatId>& seat_ids) {
  std::vector<SeatId> unknown;
  for (const SeatId id : seat_ids) {
    if (!seat_in_show(show, id)) unknown.push_back(id);
  }
  if (!unknown.empty() || seat_ids.empty()) return Refused{Refusal::seat_unknown, unknown};

  if (std::adjacent_find(seat_ids.begin(), seat_ids.end(), std::greater_equal()) ==
      seat_ids.end()) {
    return std::nullopt;  // in rising order, as most come
  }
  std::vector<SeatId> sorted = seat_ids;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) return Refused{Refusal::seat_repeated, {*twice}};
  return std::nullopt;
}

std::size_t count_new(const State& state, const Show& show, const std::vector<SeatId>& seat_ids,
                      Owner owner) {
  std::size_t count = seat_ids.size();
  for (const SeatId id : seat_ids) {
    const Seat& seat = seat_of(show, id);
    if (seat.status() != SeatStatus::locked) continue;
    if (state.locks.at(seat.lock()).owner == owner) --count;
  }
  return count;
}

bool exceeds_quota(const Show& show, Owner owner, std::size_t seats, const Rules& rules) {
  if (!owner) return false;
  const std::uint32_t* held = find_or_null(show.held_by, owner);
  return (held != nullptr ? *held : 0) + seats > rules.seats_per_owner_max;
}

Decision decide_on(const State& state, const LockSeats& c, const Context& context) {
  const Show* show = find_or_null(state.shows, c.show_id);
  if (show == nullptr) return refuse(Refusal::show_not_found);
  if (auto refused = check_seat_list(*show, c.seat_ids)) return *std::move(refused);

  const Caller caller{context.actor.user_id, c.user_session};
  std::vector<SeatId> taken;
  Instant since = context.now;
  for (const SeatId id : c.seat_ids) {
    const Seat& seat = seat_of(*show, id);
    if (seat.status() == SeatStatus::free) continue;
    const Lock* lock = seat.status() == SeatStatus::locked ? &state.locks.at(seat.lock()) : nullptr;
    if (lock != nullptr && may_change(*lock, caller)) {
      since = std::min(since, lock->since);  // a renewal counts from the first second
    } else {
      taken.push_back(id);
    }
  }
  if (!taken.empty()) return refuse(Refusal::seat_taken, std::move(taken));

  const Owner owner = owner_of(caller.user_id, c.user_session);
  const std::size_t more = count_new(state, *show, c.seat_ids, owner);
  if (exceeds_quota(*show, owner, more, context.rules) ||
      exceeds_live_locks(state, owner, more, context.rules)) {
    return refuse(Refusal::quota_exceeded);
  }
  auto cooling = cooling_seats(state, *show, c.seat_ids, owner, context);
  if (!cooling.empty()) return refuse(Refusal::cooling_down, std::move(cooling));
  const Instant until =
      std::min(context.now + context.rules.lock_ttl, since + context.rules.lock_ttl_max);
  return accept(events::SeatsLocked{.show_id = c.show_id,
                                    .seat_ids = c.seat_ids,
                                    .user_session = c.user_session,
                                    .user_id = caller.user_id,
                                    .since = since,
                                    .until = until});
}

Decision decide_on(const State& state, const ReleaseSeats& c, const Context& context) {
  const Show* show = find_or_null(state.shows, c.show_id);
  if (show == nullptr) return refuse(Refusal::show_not_found);
  if (auto refused = check_seat_list(*show, c.seat_ids)) return *std::move(refused);

  const Caller caller{context.actor.user_id, c.user_session};
  std::vector<SeatId> not_held;
  for (const SeatId id : c.seat_ids) {
    const Seat& seat = seat_of(*show, id);
    if (seat.status() != SeatStatus::locked || !may_change(state.locks.at(seat.lock()), caller)) {
      not_held.push_back(id);
    }
  }
  if (!not_held.empty()) return refuse(Refusal::seat_not_held, std::move(not_held));
  return accept(events::SeatsReleased{c.show_id, c.seat_ids});
}

// In order of time; at one instant locks before bookings.
Decision decide_on(const State& state, const AdvanceTime&, const Context& context) {
  Accepted accepted;
  auto lock = state.lock_deadlines.begin();
  auto booking = state.booking_deadlines.begin();
  const auto lock_due = [&] {
    return lock != state.lock_deadlines.end() && context.now >= lock->first;
  };
  const auto booking_due = [&] {
    return booking != state.booking_deadlines.end() && context.now >= booking->first;
  };
  while (accepted.size() < context.expiries_max && (lock_due() || booking_due())) {
    if (lock_due() && (!booking_due() || lock->first <= booking->first)) {
      const Lock& expired = state.locks.at(lock->second);
      accepted.emplace_back(events::LockExpired{expired.show_id, expired.seat_ids});
      ++lock;
    } else {
      accepted.emplace_back(events::BookingExpired{booking->second});
      ++booking;
    }
  }
  return accepted;
}

}  // namespace boxoffice::engine::domain
