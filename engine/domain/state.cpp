#include "engine/domain/state.h"

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::engine::domain {

std::optional<Seat> Seat::from_word(std::uint64_t word) {
  const std::uint64_t status = word & 0xFF;
  if (status > static_cast<std::uint64_t>(SeatStatus::booked)) return std::nullopt;
  const std::uint64_t holder = word >> 8;
  Seat seat;
  seat.status_bits = status & 0xFF;
  seat.holder = holder & ((std::uint64_t{1} << 56) - 1);
  return seat;
}

Owner owner_of(UserId user_id, std::string_view session) {
  if (user_id) return Owner(user_id.value);
  if (session.empty()) return {};
  ElementHash hash(ElementKind::owner);
  hash.add(session);
  return Owner(hash.low() | std::uint64_t{1} << 63);
}

std::optional<Instant> next_deadline(const State& state) {
  std::optional<Instant> next;
  if (!state.lock_deadlines.empty()) next = state.lock_deadlines.begin()->first;
  if (!state.booking_deadlines.empty()) {
    const Instant due = state.booking_deadlines.begin()->first;
    if (!next || due < *next) next = due;
  }
  return next;
}

const Lapse* find_lapse(const State& state, Position position) {
  const auto at =
      std::lower_bound(state.lapses.begin(), state.lapses.end(), position,
                       [](const Lapse& lapse, Position wanted) { return lapse.position < wanted; });
  return at != state.lapses.end() && at->position == position ? &*at : nullptr;
}

bool seat_in_show(const Show& show, SeatId id) {
  return id >= show.first_seat && id.value - show.first_seat.value < show.seats.size();
}

const Seat& seat_of(const Show& show, SeatId id) {
  ENSURE(seat_in_show(show, id), "the seat belongs to the show");
  return show.seats[id.value - show.first_seat.value];
}

Seat& seat_of(Show& show, SeatId id) {
  return const_cast<Seat&>(seat_of(static_cast<const Show&>(show), id));
}

}  // namespace boxoffice::engine::domain
