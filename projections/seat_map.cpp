#include "projections/seat_map.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/ensure.h"

// Rows:  's' show      -> SeatingRow
//        't' show seat -> SeatBlockRow, for every block with a seat that was ever touched; `seat`
//                         is the block's first
//        'b' booking   -> BookedSeatsRow

namespace boxoffice::projections {

namespace {

struct SeatingRow {
  SeatId first_seat;
  std::vector<std::uint16_t> rows;
  Position created;
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(SeatingRow, (), (first_seat, rows, created, deleted))

struct SeatRow {
  SeatStatus status = SeatStatus::free;
  Instant locked_until;
  BookingId booking_id;
};
BOOST_DESCRIBE_STRUCT(SeatRow, (), (status, locked_until, booking_id))

// Writing a row costs RocksDB far more than its bytes do. Seats are locked side by side, so three
// of them lie in 1.25 blocks of 8 on average: 1.25 rows an event instead of three.
constexpr std::size_t block_seats = 8;

struct SeatBlockRow {
  Position changed;
  std::vector<SeatRow> seats;  // `block_seats` of them, fewer at the end of a show
};
BOOST_DESCRIBE_STRUCT(SeatBlockRow, (), (changed, seats))

struct BookedSeatsRow {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
};
BOOST_DESCRIBE_STRUCT(BookedSeatsRow, (), (show_id, seat_ids))

constexpr std::size_t index_of_status(SeatStatus status) {
  return static_cast<std::size_t>(status);
}

std::string seating_key(ShowId show) { return row_key('s', show); }
std::string block_key(ShowId show, SeatId first) { return row_key('t', show, first); }
std::string booked_seats_key(BookingId booking) { return row_key('b', booking); }

}  // namespace

// ---- The fold -----------------------------------------------------------------------------------

struct SeatMapFold {
  SeatMap& map;
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::ShowCreated& e) const {
    map.add_show(e.show_id, e.first_seat, e.rows, event.position);
    rows.put(seating_key(e.show_id), SeatingRow{.first_seat = e.first_seat,
                                                .rows = e.rows,
                                                .created = event.position,
                                                .deleted = false});
    return success();
  }

  Result<void> operator()(const events::ShowDeleted& e) const {
    TRY(auto row, rows.find<SeatingRow>(seating_key(e.show_id)));
    SeatMap::Show* const show = map.find_show(e.show_id);
    if (!row || show == nullptr) return unknown("show", e.show_id);
    if (!show->gone) map.count_all(*show, -1);
    show->gone = true;
    show->last_change = event.position;
    map.touch(e.show_id, *show);
    row->deleted = true;
    rows.put(seating_key(e.show_id), *row);
    return success();
  }

  Result<void> operator()(const events::SeatsLocked& e) const {
    return set(e.show_id, e.seat_ids, {SeatStatus::locked, e.until}, BookingId());
  }
  Result<void> operator()(const events::SeatsReleased& e) const {
    return set(e.show_id, e.seat_ids, {}, BookingId());
  }
  Result<void> operator()(const events::LockExpired& e) const {
    return set(e.show_id, e.seat_ids, {}, BookingId());
  }

  Result<void> operator()(const events::BookingCreated& e) const {
    TRY(set(e.show_id, e.seat_ids, {SeatStatus::booked, {}}, e.booking_id));
    rows.put(booked_seats_key(e.booking_id), BookedSeatsRow{e.show_id, e.seat_ids});
    return success();
  }
  Result<void> operator()(const events::BookingConfirmed& e) const {
    // Only a late one moves seats: it takes again what its booking's expiry had freed.
    if (!e.late) return success();
    TRY(auto booked, booked_seats(e.booking_id));
    return set(booked.show_id, booked.seat_ids, {SeatStatus::booked, {}}, e.booking_id);
  }
  Result<void> operator()(const events::BookingCancelled& e) const { return free(e.booking_id); }
  Result<void> operator()(const events::BookingExpired& e) const { return free(e.booking_id); }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  Result<BookedSeatsRow> booked_seats(BookingId booking_id) const {
    TRY(auto row, rows.find<BookedSeatsRow>(booked_seats_key(booking_id)));
    if (!row) return unknown("booking", booking_id);
    return std::move(*row);
  }

  /// Frees the booking's seats, except those that belong to somebody else by now.
  Result<void> free(BookingId booking_id) const {
    TRY(auto booked, booked_seats(booking_id));
    SeatMap::Show* const show = map.find_show(booked.show_id);
    if (show == nullptr) return unknown("show", booked.show_id);
    std::erase_if(booked.seat_ids, [&](SeatId seat) {
      return show->bookings.empty() || show->bookings[show->index_of(seat)] != booking_id;
    });
    return set(booked.show_id, booked.seat_ids, {}, BookingId());
  }

  Result<void> set(ShowId show_id, std::span<const SeatId> seats, SeatView to,
                   BookingId booking) const {
    SeatMap::Show* const show = map.find_show(show_id);
    if (show == nullptr) return unknown("show", show_id);
    for (const SeatId seat : seats) {
      if (seat < show->first_seat || seat.value - show->first_seat.value >= show->seat_count) {
        return unknown("seat", seat);
      }
    }
    map.touch(show_id, *show);
    for (const SeatId seat : seats) {
      const SeatStatus from = show->set(seat, to, booking, event.position);
      if (show->gone) continue;
      --map.counted_[index_of_status(from)];
      ++map.counted_[index_of_status(to.status)];
    }
    std::optional<std::size_t> written;
    for (const SeatId seat : seats) {
      const std::size_t block = show->index_of(seat) / block_seats;
      if (block != written) put_block(show_id, *show, block);
      written = block;
    }
    return success();
  }

  void put_block(ShowId show_id, const SeatMap::Show& show, std::size_t block) const {
    const std::size_t first = block * block_seats;
    const std::size_t end = std::min(first + block_seats, show.seat_count);
    SeatBlockRow row{.changed = event.position, .seats = {}};
    row.seats.reserve(end - first);
    for (std::size_t i = first; i < end; ++i) {
      row.seats.push_back({show.seats[i].status, show.seats[i].locked_until, show.bookings[i]});
    }
    const SeatId first_seat(show.first_seat.value + static_cast<SeatId::rep>(first));
    rows.put(block_key(show_id, first_seat), row);
  }
};

Result<void> SeatMap::fold(const events::Event& event, Rows& rows) {
  return std::visit(SeatMapFold{*this, event, rows}, event.body);
}

// ---- Memory -------------------------------------------------------------------------------------

std::size_t SeatMap::Show::index_of(SeatId seat) const {
  const std::size_t index = seat.value - first_seat.value;
  ENSURE(index < seat_count, "the seat is one of its show's");
  return index;
}

SeatStatus SeatMap::Show::set(SeatId seat, SeatView to, BookingId booking, Position at) {
  if (seats.empty()) {
    seats.resize(seat_count);
    bookings.resize(seat_count);
  }
  const std::size_t index = index_of(seat);
  const SeatStatus from = std::exchange(seats[index], to).status;
  bookings[index] = booking;
  touched.push_back(index);
  last_change = std::max(last_change, at);
  return from;
}

void SeatMap::Show::show_changes(Position at) {
  const std::lock_guard lock(mutex);
  if (shown.empty() && !seats.empty()) shown.resize(seat_count);
  for (const std::size_t index : touched) shown[index] = seats[index];
  touched.clear();
  changed = last_change;
  exact_from = at;
  deleted = gone;
}

void SeatMap::touch(ShowId show_id, Show& show) {
  if (std::exchange(show.is_touched, true)) return;
  touched_.push_back({.show_id = show_id, .show = &show});
}

void SeatMap::count_all(const Show& show, std::int64_t by) {
  for (const SeatView& seat : show.seats) counted_[index_of_status(seat.status)] += by;
}

void SeatMap::show_counts() {
  locked_.store(counted_[index_of_status(SeatStatus::locked)], std::memory_order_relaxed);
  booked_.store(counted_[index_of_status(SeatStatus::booked)], std::memory_order_relaxed);
}

ReadModels::SeatCounts SeatMap::counts() const {
  return {.locked = locked_.load(std::memory_order_relaxed),
          .booked = booked_.load(std::memory_order_relaxed)};
}

void SeatMap::end_frame(Position last) {
  shown_seats_.clear();
  for (Touched& touched : touched_) {
    std::vector<std::size_t>& seats = touched.show->touched;
    std::sort(seats.begin(), seats.end());
    seats.erase(std::unique(seats.begin(), seats.end()), seats.end());
    touched.seat_count = seats.size();
    shown_seats_.insert(shown_seats_.end(), seats.begin(), seats.end());
    touched.show->show_changes(last);
    touched.show->is_touched = false;
  }
  shown_.swap(touched_);
  touched_.clear();
  show_counts();
}

std::vector<SeatChanges> SeatMap::changes() const {
  std::vector<SeatChanges> all;
  std::span<const std::size_t> rest = shown_seats_;
  for (const Touched& shown : shown_) {
    const auto seats = rest.first(shown.seat_count);
    rest = rest.subspan(shown.seat_count);
    const Show& show = *shown.show;
    if (seats.empty() && !show.gone) continue;
    all.push_back({.show_id = shown.show_id,
                   .version = show.last_change.value,
                   .edition = table_.edition(),
                   .deleted = show.gone,
                   .first_seat = show.first_seat,
                   .rows = show.rows,
                   .seats = show.seats,
                   .changed = seats});
  }
  return all;
}

SeatMap::Show& SeatMap::add_show(ShowId show_id, SeatId first_seat, std::vector<std::uint16_t> rows,
                                 Position at) {
  auto show = std::make_shared<Show>();
  show->first_seat = first_seat;
  show->seat_count = std::accumulate(rows.begin(), rows.end(), std::size_t{0});
  show->rows = std::move(rows);
  show->last_change = show->changed = show->exact_from = at;
  const std::lock_guard lock(shows_mutex_);
  return *shows_.insert_or_assign(show_id, std::move(show)).first->second;
}

SeatMap::Show* SeatMap::find_show(ShowId show_id) {
  const auto found = shows_.find(show_id);
  return found == shows_.end() ? nullptr : found->second.get();
}

std::shared_ptr<const SeatMap::Show> SeatMap::show_for_reading(ShowId show_id) const {
  const std::shared_lock lock(shows_mutex_);
  const auto found = shows_.find(show_id);
  return found == shows_.end() ? nullptr : found->second;
}

Result<void> SeatMap::load() {
  TRY(table_.scan_rows<SeatingRow>("s", [&](std::string_view key, SeatingRow row) {
    const ShowId show_id(from_big_endian<ShowId::rep>(key.data() + 1));
    add_show(show_id, row.first_seat, std::move(row.rows), row.created).gone = row.deleted;
  }));
  bool sound = true;
  TRY(table_.scan_rows<SeatBlockRow>("t", [&](std::string_view key, const SeatBlockRow& row) {
    const ShowId show_id(from_big_endian<ShowId::rep>(key.data() + 1));
    SeatId seat(from_big_endian<SeatId::rep>(key.data() + 1 + sizeof(ShowId::rep)));
    Show* const show = find_show(show_id);
    sound = sound && show != nullptr && seat >= show->first_seat &&
            seat.value - show->first_seat.value + row.seats.size() <= show->seat_count;
    if (!sound) return;
    for (const SeatRow& s : row.seats) {
      show->set(seat, {s.status, s.locked_until}, s.booking_id, row.changed);
      seat = seat.next();
    }
  }));
  if (!sound) return fault(FaultKind::corrupt, "a seat's row belongs to no show");
  for (const auto& [show_id, show] : shows_) {
    show->show_changes(show->last_change);
    if (!show->gone) count_all(*show, 1);
  }
  show_counts();
  return success();
}

// The order matters: `folded` was published before the copy is made, so everything up to it is in
// the copy; and the copy holds this show's changes up to `exact_from` and none after. Whichever of
// the two is later is a position at which the copy is exactly true.
std::optional<SeatMapView> SeatMap::seat_map(ShowId show_id, Position folded) const {
  const auto show = show_for_reading(show_id);
  if (show == nullptr) return std::nullopt;
  SeatMapView view{.position = {},
                   .version = 0,
                   .edition = table_.edition(),
                   .first_seat = show->first_seat,
                   .rows = show->rows,
                   .seats = {}};
  {
    const std::lock_guard lock(show->mutex);
    if (show->deleted) return std::nullopt;
    view.seats = show->shown;
    view.version = show->changed.value;
    view.position = std::max(folded, show->exact_from);
  }
  if (view.seats.empty()) view.seats.resize(show->seat_count);
  return view;
}

std::optional<ReadModels::SeatMapVersion> SeatMap::version(ShowId show_id, Position folded) const {
  const auto show = show_for_reading(show_id);
  if (show == nullptr) return std::nullopt;
  const std::lock_guard lock(show->mutex);
  if (show->deleted) return std::nullopt;
  return ReadModels::SeatMapVersion{.version = show->changed.value,
                                    .position = std::max(folded, show->exact_from),
                                    .edition = table_.edition()};
}

}  // namespace boxoffice::projections
