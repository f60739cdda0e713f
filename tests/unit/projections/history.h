// What the tests of the read models share: events in order, models over a directory of their own,
// and answers as text, so that a difference can be read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "events/events.h"
#include "projections/read_models.h"
#include "tests/support/personal.h"
#include "tests/support/temp_dir.h"

namespace boxoffice::projections {

/// REQUIRES: it worked.
template <class T>
T unwrap(Result<T> result) {
  if (!result) ensure_failed("result", result.error().text.c_str(), __FILE__, __LINE__);
  return std::move(result).value();
}

/// REQUIRES: it worked.
inline std::optional<SeatMapView> seats_at(const ReadModels& models, ShowId id, Position at) {
  return unwrap(models.seat_map(id, at, [] { return success(); }));
}

std::unique_ptr<ReadModels> open_models(const std::string& directory, BulkRows bulk = {});

/// So few that a short history is written as many files.
inline constexpr BulkRows tiny_bulk{.file = 3, .few = 2};

/// Events from position 1, one second apart.
class History {
 public:
  Position add(events::EventBody body);

  Position last() const { return Position(events_.size()); }
  const std::vector<events::Event>& events() const { return events_; }
  void append(events::Event event) { events_.push_back(std::move(event)); }
  /// The events of positions `first` .. `last` as one frame.
  events::Frame frame(Position first, Position last) const;
  /// All of them, in frames of `size` (the last one shorter).
  std::vector<events::Frame> frames(std::size_t size) const;

 private:
  std::vector<events::Event> events_;
};

/// The time of the event at `position` of a History.
Instant time_of(std::uint64_t position);

/// Read models that have folded events one at a time, for tests that give events by hand.
class Models {
 public:
  /// Adds events and folds them; the position of the last one.
  template <class... Bodies>
  Position given(Bodies... bodies) {
    (fold(std::move(bodies)), ...);
    return history_.last();
  }

  /// As after a crash: what was not flushed is folded again.
  void reopen();

  const ReadModels& operator*() const { return *models_; }
  const ReadModels* operator->() const { return models_.get(); }
  ReadModels* operator->() { return models_.get(); }
  const History& history() const { return history_; }

 private:
  void fold(events::EventBody body);

  tests::TempDir directory_;
  std::unique_ptr<ReadModels> models_ = open_models(directory_.path());
  History history_;
};

/// Every answer as of `at` about ids 1..`ids_max`, a line each.
std::string answers_at(const ReadModels& models, Position at, std::uint32_t ids_max);
/// Every answer that is about now: seat maps, users and sales.
std::string answers_now(const ReadModels& models, std::uint32_t ids_max);

std::string text_of(const SeatMapView& view);
std::string text_of(const BookingView& view);
std::string text_of(const PaymentView& view);
std::string text_of(const SalesFigures& figures);
std::string text_of(const HistoryEntry& entry);

// ---- Events with the usual fields ---------------------------------------------------------------

events::MovieCreated movie_created(std::uint32_t id, std::string title = "Joker");
events::TheatreCreated theatre_created(std::uint32_t id, std::string city = "New York");
/// Two rows of three seats: show n has the seats 6n-5 .. 6n.
events::ShowCreated show_created(std::uint32_t id, std::uint32_t movie = 1,
                                 std::uint32_t theatre = 1, Date date = {2030, 1, 1});
events::SeatsLocked seats_locked(std::uint32_t show, std::vector<SeatId> seats, Instant until);
events::BookingCreated booking_created(std::uint32_t id, std::uint32_t show,
                                       std::vector<SeatId> seats, std::uint32_t user = 1);
/// The payment of the same number; it extends the booking's deadline to 900 s.
events::PaymentInitiated payment_initiated(std::uint32_t booking);
Uuid transaction(std::uint32_t payment);

}  // namespace boxoffice::projections
