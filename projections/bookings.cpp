#include "projections/bookings.h"

#include <algorithm>
#include <limits>

// Rows:  'b' booking      -> BookingRow
//        'u' user booking -> IndexRow

namespace boxoffice::projections {

namespace {

/// What can change about a booking, from `since` on.
struct BookingState {
  Position since;
  BookingStatus status = BookingStatus::pending;
  std::optional<events::CancelReason> cancel_reason;
  Instant expires_at;
  Uuid transaction_id;
};
BOOST_DESCRIBE_STRUCT(BookingState, (), (since, status, cancel_reason, expires_at, transaction_id))

struct BookingRow {
  BookingId booking_id;
  UserId user_id;
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  Money total_amount;
  bool guest = false;
  Instant created_at;
  std::vector<BookingState> states;  // never empty, ascending
};
BOOST_DESCRIBE_STRUCT(BookingRow, (),
                      (booking_id, user_id, show_id, seat_ids, total_amount, guest, created_at,
                       states))

std::string booking_key(BookingId booking) { return row_key('b', booking); }

std::optional<BookingView> view_at(const BookingRow& row, Position at) {
  const auto after = std::ranges::upper_bound(row.states, at, {}, &BookingState::since);
  if (after == row.states.begin()) return std::nullopt;
  const BookingState& state = *std::prev(after);
  return BookingView{.booking_id = row.booking_id,
                     .user_id = row.user_id,
                     .show_id = row.show_id,
                     .seat_ids = row.seat_ids,
                     .total_amount = row.total_amount,
                     .status = state.status,
                     .guest = row.guest,
                     .transaction_id = state.transaction_id,
                     .cancel_reason = state.cancel_reason,
                     .expires_at = state.expires_at,
                     .created_at = row.created_at};
}

struct BookingFold {
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::BookingCreated& e) const {
    BookingState state;
    state.since = event.position;
    state.expires_at = e.expires_at;
    rows.put(booking_key(e.booking_id), BookingRow{.booking_id = e.booking_id,
                                                   .user_id = e.user_id,
                                                   .show_id = e.show_id,
                                                   .seat_ids = e.seat_ids,
                                                   .total_amount = e.total_amount,
                                                   .guest = e.guest,
                                                   .created_at = event.time,
                                                   .states = {state}});
    rows.put(row_key('u', e.user_id, e.booking_id), IndexRow{});
    return success();
  }

  Result<void> operator()(const events::PaymentInitiated& e) const {
    return change(e.booking_id, [&](BookingState& s) { s.expires_at = e.booking_expires_at; });
  }
  Result<void> operator()(const events::PaymentSucceeded& e) const {
    return change(e.booking_id, [&](BookingState& s) { s.transaction_id = e.transaction_id; });
  }
  Result<void> operator()(const events::PaymentFailed& e) const {
    return change(e.booking_id, [&](BookingState& s) { s.transaction_id = e.transaction_id; });
  }

  Result<void> operator()(const events::BookingConfirmed& e) const {
    return change(e.booking_id, [](BookingState& s) {
      s.status = BookingStatus::confirmed;
      s.cancel_reason.reset();
    });
  }
  Result<void> operator()(const events::BookingCancelled& e) const {
    return cancel(e.booking_id, e.reason);
  }
  Result<void> operator()(const events::BookingExpired& e) const {
    return cancel(e.booking_id, events::CancelReason::expired);
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  Result<void> cancel(BookingId booking_id, events::CancelReason reason) const {
    return change(booking_id, [&](BookingState& s) {
      s.status = BookingStatus::cancelled;
      s.cancel_reason = reason;
    });
  }

  /// Appends a state that differs from the last one by `apply`.
  template <class Change>
  Result<void> change(BookingId booking_id, Change&& apply) const {
    TRY(auto row, rows.find<BookingRow>(booking_key(booking_id)));
    if (!row) return unknown("booking", booking_id);
    BookingState state = row->states.back();
    state.since = event.position;
    apply(state);
    row->states.push_back(state);
    rows.put(booking_key(booking_id), *row);
    return success();
  }
};

}  // namespace

Result<void> Bookings::fold(const events::Event& event, Rows& rows) {
  return std::visit(BookingFold{event, rows}, event.body);
}

std::optional<BookingView> Bookings::booking(BookingId booking_id, Position at) const {
  const auto row = value_or_throw(table_.find<BookingRow>(booking_key(booking_id)));
  return row ? view_at(*row, at) : std::nullopt;
}

std::vector<BookingView> Bookings::bookings_of(UserId user, const Page<BookingId>& page,
                                               Position at) const {
  std::vector<BookingView> found;
  if (page.limit == 0 || page.after.value == std::numeric_limits<BookingId::rep>::max()) {
    return found;
  }
  const std::string prefix = row_key('u', user);
  std::size_t skip = page.skip;
  const auto collect = [&](std::string_view key, const IndexRow&) {
    const BookingId booking_id(from_big_endian<BookingId::rep>(key.data() + prefix.size()));
    auto view = booking(booking_id, at);
    // Bookings are numbered as they are made: those that follow are later still.
    if (!view) return false;
    if (skip > 0) {
      --skip;
    } else {
      found.push_back(std::move(*view));
    }
    return found.size() < page.limit;
  };
  value_or_throw(
      table_.scan_rows_from<IndexRow>(row_key('u', user, page.after.next()), prefix, collect));
  return found;
}

}  // namespace boxoffice::projections
