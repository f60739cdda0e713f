// One show's seats as they once were: what the seat map folds from events, folded from the entries
// of the show's history.
//
// A lock holds until its end is in the log, whatever the clock said meanwhile, as it does in the
// seat map: so this is what the seat map was at the same position, to the byte.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "projections/views.h"

namespace boxoffice::projections {

class PastSeats {
 public:
  /// All seats free. `created`: the position of the show's creation.
  PastSeats(const ShowView& show, Position created);

  /// Fault `corrupt`: the entry is about a seat that the show does not have.
  /// REQUIRES: the show's entries in order, none left out.
  Result<void> fold(const HistoryEntry& entry);

  SeatMapView at(Position position) const;

 private:
  Result<void> set(std::span<const SeatId> seats, SeatView to, BookingId owner, Position at);
  /// Of these seats, those that are the booking's and nobody else's by now.
  std::vector<SeatId> still_of(BookingId booking, const std::vector<SeatId>& seats) const;
  bool has(SeatId seat) const;
  std::size_t index_of(SeatId seat) const { return seat.value - map_.first_seat.value; }

  SeatMapView map_;
  std::vector<BookingId> owners_;  // of booked seats
};

}  // namespace boxoffice::projections
