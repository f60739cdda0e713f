#include "projections/past_seats.h"

#include <algorithm>
#include <numeric>

#include "projections/projection.h"

namespace boxoffice::projections {

PastSeats::PastSeats(const ShowView& show, Position created) {
  const auto count = std::accumulate(show.rows.begin(), show.rows.end(), std::size_t{0});
  map_.version = created.value;
  map_.first_seat = show.first_seat;
  map_.rows = show.rows;
  map_.seats.resize(count);
  owners_.resize(count);
}

Result<void> PastSeats::fold(const HistoryEntry& entry) {
  switch (entry.kind) {
    case HistoryKind::locked:
      return set(entry.seat_ids, {SeatStatus::locked, entry.until.value_or(Instant())}, {},
                 entry.position);
    case HistoryKind::released:
    case HistoryKind::lock_expired: return set(entry.seat_ids, {}, {}, entry.position);
    case HistoryKind::booked:
    case HistoryKind::taken_again:
      return set(entry.seat_ids, {SeatStatus::booked, {}}, entry.booking_id, entry.position);
    case HistoryKind::cancelled:
    case HistoryKind::booking_expired:
      return set(still_of(entry.booking_id, entry.seat_ids), {}, {}, entry.position);
    case HistoryKind::confirmed:
    case HistoryKind::refused: return success();
  }
  return fault(FaultKind::corrupt, "a history has an entry of an unknown kind");
}

SeatMapView PastSeats::at(Position position) const {
  SeatMapView map = map_;
  map.position = position;
  return map;
}

Result<void> PastSeats::set(std::span<const SeatId> seats, SeatView to, BookingId owner,
                            Position at) {
  for (const SeatId seat : seats) {
    if (!has(seat)) return unknown("seat", seat);
  }
  for (const SeatId seat : seats) {
    map_.seats[index_of(seat)] = to;
    owners_[index_of(seat)] = owner;
    map_.version = at.value;
  }
  return success();
}

std::vector<SeatId> PastSeats::still_of(BookingId booking, const std::vector<SeatId>& seats) const {
  std::vector<SeatId> still = seats;
  std::erase_if(still,
                [&](SeatId seat) { return has(seat) && owners_[index_of(seat)] != booking; });
  return still;
}

bool PastSeats::has(SeatId seat) const {
  return seat >= map_.first_seat && index_of(seat) < map_.seats.size();
}

}  // namespace boxoffice::projections
