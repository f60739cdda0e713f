#include "projections/history.h"

#include <algorithm>
#include <numeric>

#include "projections/past_seats.h"

// Rows:  'h' segment show offset -> HistoryEntry; the position is segment * segment_events + offset
//        's' show                -> SeatsRow
//        'l' last_seat           -> ShowId: the show whose seats end there
//        'b' booking             -> HeldRow

namespace boxoffice::projections {

namespace {

// A row that lands anywhere among millions costs RocksDB three times what one among the last few
// thousand does, so the log is cut into segments, and sorted by show only within each. A question
// seeks once a segment: the shorter they are, the cheaper is writing and the dearer is reading.
constexpr std::uint64_t segment_events = 8'192;
constexpr std::size_t segments_looked_at_max = 1'000;  // 8 million events
constexpr std::size_t entries_looked_at_max = 10'000;

using Segment = StrongId<struct SegmentTag, std::uint32_t>;
using Offset = StrongId<struct OffsetTag, std::uint16_t>;

Segment segment_of(Position position) {
  return Segment(static_cast<Segment::rep>(position.value / segment_events));
}
Position first_of(Segment segment) { return Position(segment.value * segment_events); }

struct SeatsRow {
  SeatId first_seat;
  Position created;
};
BOOST_DESCRIBE_STRUCT(SeatsRow, (), (first_seat, created))

/// What the later events of a booking do not say again.
struct HeldRow {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  UserId user_id;
};
BOOST_DESCRIBE_STRUCT(HeldRow, (), (show_id, seat_ids, user_id))

std::string entry_key(ShowId show, Position position) {
  return row_key('h', segment_of(position), show,
                 Offset(static_cast<Offset::rep>(position.value % segment_events)));
}
std::string seats_key(ShowId show) { return row_key('s', show); }
std::string held_key(BookingId booking) { return row_key('b', booking); }

struct HistoryFold {
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::ShowCreated& e) const {
    const auto seats = std::accumulate(e.rows.begin(), e.rows.end(), SeatId::rep{0});
    rows.put(seats_key(e.show_id), SeatsRow{.first_seat = e.first_seat, .created = event.position});
    rows.put(row_key('l', SeatId(e.first_seat.value + seats - 1)), e.show_id);
    return success();
  }

  Result<void> operator()(const events::SeatsLocked& e) const {
    HistoryEntry entry = entry_of(HistoryKind::locked, e.seat_ids);
    entry.user_id = e.user_id;
    if (!e.user_id) entry.session = e.user_session;
    entry.until = e.until;
    return put(e.show_id, entry);
  }
  Result<void> operator()(const events::SeatsReleased& e) const {
    HistoryEntry entry = entry_of(HistoryKind::released, e.seat_ids);
    entry.user_id = event.actor.user_id;
    return put(e.show_id, entry);
  }
  Result<void> operator()(const events::LockExpired& e) const {
    return put(e.show_id, entry_of(HistoryKind::lock_expired, e.seat_ids));
  }

  Result<void> operator()(const events::BookingCreated& e) const {
    rows.put(held_key(e.booking_id),
             HeldRow{.show_id = e.show_id, .seat_ids = e.seat_ids, .user_id = e.user_id});
    HistoryEntry entry = entry_of(HistoryKind::booked, e.seat_ids);
    entry.user_id = e.user_id;
    entry.session = e.user_session;
    entry.booking_id = e.booking_id;
    entry.until = e.expires_at;
    return put(e.show_id, entry);
  }
  Result<void> operator()(const events::BookingConfirmed& e) const {
    return put(e.booking_id, e.late ? HistoryKind::taken_again : HistoryKind::confirmed, {});
  }
  Result<void> operator()(const events::BookingCancelled& e) const {
    return put(e.booking_id, HistoryKind::cancelled, e.reason);
  }
  Result<void> operator()(const events::BookingExpired& e) const {
    return put(e.booking_id, HistoryKind::booking_expired, {});
  }

  // A client may name anything: what is about nothing of ours is nobody's history.
  Result<void> operator()(const events::CommandRefused& e) const {
    HistoryEntry entry = entry_of(HistoryKind::refused, e.seat_ids);
    entry.user_id = event.actor.user_id;
    if (!entry.user_id) entry.session = e.user_session;
    entry.command = e.command;
    entry.refusal = e.reason;
    if (!e.booking_id) return e.show_id ? put(e.show_id, entry) : success();
    TRY(auto held, rows.find<HeldRow>(held_key(e.booking_id)));
    if (!held) return success();
    entry.booking_id = e.booking_id;
    entry.seat_ids = std::move(held->seat_ids);
    return put(held->show_id, entry);
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  HistoryEntry entry_of(HistoryKind kind, const std::vector<SeatId>& seat_ids) const {
    HistoryEntry entry;
    entry.position = event.position;
    entry.time = event.time;
    entry.kind = kind;
    entry.seat_ids = seat_ids;
    entry.actor = event.actor.kind;
    return entry;
  }

  Result<void> put(ShowId show_id, const HistoryEntry& entry) const {
    rows.put(entry_key(show_id, event.position), entry);
    return success();
  }

  Result<void> put(BookingId booking_id, HistoryKind kind,
                   std::optional<events::CancelReason> reason) const {
    TRY(const auto held, rows.find<HeldRow>(held_key(booking_id)));
    if (!held) return unknown("booking", booking_id);
    HistoryEntry entry = entry_of(kind, held->seat_ids);
    entry.user_id = held->user_id;
    entry.booking_id = booking_id;
    entry.cancel_reason = reason;
    return put(held->show_id, entry);
  }
};

/// Reads on from segment to segment, until a page is full or enough was looked at.
class Reading {
 public:
  Reading(const Table& table, ShowId show_id, const HistoryWindow& window)
      : table_(table), show_id_(show_id), window_(window) {}

  /// The entries from `from` on that are `wanted`.
  template <class Wanted>
  HistoryPage page(Position from, Wanted&& wanted) {
    const Segment end = segment_of(window_.at).next();
    for (Segment segment = segment_of(from); segment < end; segment = segment.next()) {
      if (++segments_ > segments_looked_at_max) {
        page_.next = Position(first_of(segment).value - 1);
        break;
      }
      value_or_throw(table_.scan_rows_from<HistoryEntry>(
          entry_key(show_id_, std::max(from, first_of(segment))), row_key('h', segment, show_id_),
          [&](std::string_view, HistoryEntry entry) { return look_at(std::move(entry), wanted); }));
      if (is_full_) break;
    }
    return std::move(page_);
  }

 private:
  /// Whether to go on in this segment.
  template <class Wanted>
  bool look_at(HistoryEntry entry, Wanted&& wanted) {
    if (entry.position > window_.at) return false;
    if (page_.entries.size() == window_.limit || entries_ == entries_looked_at_max) {
      page_.next = Position(entry.position.value - 1);
      is_full_ = true;
      return false;
    }
    ++entries_;
    if (wanted(entry)) page_.entries.push_back(std::move(entry));
    return true;
  }

  const Table& table_;
  const ShowId show_id_;
  const HistoryWindow window_;
  HistoryPage page_;
  std::size_t segments_ = 0;
  std::size_t entries_ = 0;
  bool is_full_ = false;
};

/// A position after the last one is of no segment.
Position first_wanted(const SeatsRow& show, const HistoryWindow& window) {
  return std::max(show.created, std::min(window.after, window.at).next());
}

}  // namespace

Result<void> SeatHistory::fold(const events::Event& event, Rows& rows) {
  return std::visit(HistoryFold{event, rows}, event.body);
}

std::optional<HistoryPage> SeatHistory::of_show(ShowId show_id, const HistoryWindow& window) const {
  const auto show = value_or_throw(table_.find<SeatsRow>(seats_key(show_id)));
  if (!show || show->created > window.at) return std::nullopt;
  return Reading(table_, show_id, window)
      .page(first_wanted(*show, window), [](const HistoryEntry&) { return true; });
}

std::optional<HistoryPage> SeatHistory::of_seat(SeatId seat_id, const HistoryWindow& window) const {
  // Seats are numbered show by show: the first show that ends at or after the seat has it.
  ShowId show_id;
  const auto take_first = [&](std::string_view, ShowId found) {
    show_id = found;
    return false;
  };
  value_or_throw(table_.scan_rows_from<ShowId>(row_key('l', seat_id), "l", take_first));
  const auto show = value_or_throw(table_.find<SeatsRow>(seats_key(show_id)));
  if (!show || seat_id < show->first_seat || show->created > window.at) return std::nullopt;
  return Reading(table_, show_id, window)
      .page(first_wanted(*show, window), [&](const HistoryEntry& entry) {
        return std::ranges::find(entry.seat_ids, seat_id) != entry.seat_ids.end();
      });
}

Result<std::optional<SeatMapView>> SeatHistory::seats_at(const ShowView& show, Position at,
                                                         const KeepOn& keep_on) const {
  const auto row = value_or_throw(table_.find<SeatsRow>(seats_key(show.show_id)));
  if (!row || row->created > at) return std::optional<SeatMapView>();
  PastSeats seats(show, row->created);
  const auto fold = [&](const HistoryEntry& entry) {
    value_or_throw(seats.fold(entry));
    return false;  // it has done what it is for
  };
  std::optional<Position> from = row->created;
  while (from) {
    TRY(keep_on());
    const auto page =
        Reading(table_, show.show_id, {.after = {}, .limit = 1, .at = at}).page(*from, fold);
    from = page.next ? std::optional(page.next->next()) : std::nullopt;
  }
  return std::optional(seats.at(at));
}

}  // namespace boxoffice::projections
