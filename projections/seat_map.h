// Every show's seats as they are now: the hottest read, answered from memory.
//
//             SeatsLocked             BookingCreated
//      free ──────────────> locked ──────────────────┐
//       ^ ^                   │                      v
//       │ └───────────────────┘                   booked
//       │  SeatsReleased, LockExpired                │
//       └────────────────────────────────────────────┘
//          BookingCancelled, BookingExpired  (back by a late BookingConfirmed)
//
// A show's version is the position of the last event that changed its seats, so it grows with every
// change and survives a restart. An untouched show has no array: all its seats are free.
//
// Readers see a frame's changes of a show all at once: a command may change seats by several
// events, and no answer may stand in the middle of it. The fold works on seats of its own and shows
// them at the end of the frame.
//
// Threads: one folds, any number read. Each show has its own mutex, held for one copy; the map of
// shows is locked exclusively only when a show is added.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class SeatMap final : public Projection {
 public:
  static constexpr TableId id{"seat_map", 1, 16'384};

  explicit SeatMap(const Table& table) : table_(table) {}

  Result<void> load() override;
  Result<void> fold(const events::Event& event, Rows& rows) override;
  void end_frame(Position last) override;

  /// `folded`: a position that was published before the call.
  std::optional<SeatMapView> seat_map(ShowId show_id, Position folded) const;
  std::optional<ReadModels::SeatMapVersion> version(ShowId show_id, Position folded) const;

  ReadModels::SeatCounts counts() const;

  /// What the frame that end_frame() ended last has changed. Threads: the folding one.
  std::vector<SeatChanges> changes() const;

 private:
  friend struct SeatMapFold;

  struct Show {
    SeatId first_seat;
    std::vector<std::uint16_t> rows;
    std::size_t seat_count = 0;

    // The folding thread's own.
    std::vector<SeatView> seats;       // empty until the first change
    std::vector<BookingId> bookings;   // the owner of each booked seat; empty as long as `seats` is
    std::vector<std::size_t> touched;  // in this frame
    bool is_touched = false;           // in this frame, seats or not
    Position last_change;
    bool gone = false;

    mutable std::mutex mutex;     // guards what follows; only the folding thread writes it
    std::vector<SeatView> shown;  // empty until the first change
    Position changed;
    Position exact_from;  // `shown` is exactly true here
    bool deleted = false;

    /// REQUIRES: the seat is one of the show's.
    std::size_t index_of(SeatId seat) const;
    /// Returns what it was before.
    SeatStatus set(SeatId seat, SeatView to, BookingId booking, Position at);
    /// Lets readers see what was set, as of `at`.
    void show_changes(Position at);
  };

  Show& add_show(ShowId show_id, SeatId first_seat, std::vector<std::uint16_t> rows, Position at);
  Show* find_show(ShowId show_id);
  std::shared_ptr<const Show> show_for_reading(ShowId show_id) const;

  void touch(ShowId show_id, Show& show);
  /// All seats of the show are counted in, or out.
  void count_all(const Show& show, std::int64_t by);
  /// Lets others see what was counted.
  void show_counts();

  const Table& table_;
  struct Touched {
    ShowId show_id;
    Show* show = nullptr;
    std::size_t seat_count = 0;  // how many of shown_seats_ are its own
  };
  std::vector<Touched> touched_;           // in this frame
  std::vector<Touched> shown_;             // by end_frame() last, and
  std::vector<std::size_t> shown_seats_;   // what of them, show after show, each once
  mutable std::shared_mutex shows_mutex_;  // guards the map; only the folding thread writes it
  std::unordered_map<ShowId, std::shared_ptr<Show>> shows_;
  // Of shows that are not deleted, by SeatStatus, the folding thread's own; and as others see it.
  std::array<std::int64_t, 3> counted_{};
  std::atomic<std::int64_t> locked_{0};
  std::atomic<std::int64_t> booked_{0};
};

}  // namespace boxoffice::projections
