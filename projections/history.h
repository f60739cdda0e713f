// Who held which seat when, and who was refused what: every event about seats, show by show.
//
// One row an event, under its show: locks are the most frequent event there is, and each is about
// several seats, so a row a seat would cost three times as much to write. A seat's history is read
// from its show's, which passes over the events of other seats; that is slower, and asked for
// rarely. A question looks at so many rows at most, and then says where to go on.
//
// The seats of a show as of a position are folded from its history, too (past_seats.h).
//
// A refusal is in the history of the show that it names (if there was one), or of the show of the
// booking that it names. A seat's history has those that name the seat, or a booking of it; one
// that the log keeps no seats of (a quota, a missing lock) is in the show's alone.
#pragma once

#include <optional>

#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class SeatHistory final : public Projection {
 public:
  static constexpr TableId id{"history", 1, 16'384};

  explicit SeatHistory(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  // As in ReadModels.
  std::optional<HistoryPage> of_show(ShowId show_id, const HistoryWindow& window) const;
  std::optional<HistoryPage> of_seat(SeatId seat_id, const HistoryWindow& window) const;
  Result<std::optional<SeatMapView>> seats_at(const ShowView& show, Position at,
                                              const KeepOn& keep_on) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
