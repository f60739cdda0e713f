#include "http/api/render.h"

#include <utility>

#include "base/ensure.h"
#include "http/json/write.h"

namespace boxoffice::http::api {

Movie render(const projections::MovieView& view) {
  return {.title = view.title,
          .description = view.description,
          .duration = view.duration,
          .genre = view.genre,
          .rating = view.rating,
          .poster_url = view.poster_url,
          .release_date = view.release_date,
          .id = view.movie_id,
          .created_at = view.created_at};
}

Theatre render(const projections::TheatreView& view) {
  Theatre theatre{.name = view.name,
                  .city = view.city,
                  .address = view.address,
                  .total_seats = view.total_seats,
                  .id = view.theatre_id,
                  .created_at = view.created_at,
                  .layout = std::nullopt};
  if (view.has_layout) theatre.layout = view.rows;
  return theatre;
}

Show render(const projections::ShowView& view) {
  Show show{.movie_id = view.movie_id,
            .theatre_id = view.theatre_id,
            .show_date = view.show_date,
            .show_time = view.show_time,
            .price = view.price,
            .id = view.show_id,
            .created_at = view.created_at,
            .movie = std::nullopt,
            .theatre = std::nullopt};
  if (view.movie) show.movie = render(*view.movie);
  if (view.theatre) show.theatre = render(*view.theatre);
  return show;
}

Payment render(const projections::PaymentView& view) {
  return {.id = view.payment_id,
          .booking_id = view.booking_id,
          .amount = view.amount,
          .status = view.status,
          .payment_method = view.payment_method,
          .transaction_id = view.transaction_id,
          .created_at = view.created_at,
          .late = view.late};
}

Booking render(const projections::BookingView& view, const projections::ShowView& show) {
  Booking booking{.id = view.booking_id,
                  .user_id = view.user_id,
                  .show_id = view.show_id,
                  .total_amount = view.total_amount,
                  .status = view.status,
                  .payment_id = std::nullopt,
                  .created_at = view.created_at,
                  .booking_seats = {},
                  .show = render(show),
                  .expires_at = std::nullopt,
                  .cancel_reason = view.cancel_reason};
  if (!view.transaction_id.is_zero()) booking.payment_id = to_string(view.transaction_id);
  if (view.status == BookingStatus::pending) booking.expires_at = view.expires_at;
  booking.booking_seats.reserve(view.seat_ids.size());
  for (const SeatId id : view.seat_ids) {
    ENSURE(id >= show.first_seat, "a booked seat belongs to the booking's show");
    const auto place = projections::seat_place(show.rows, id.value - show.first_seat.value);
    booking.booking_seats.push_back({.seat_id = id,
                                     .seat_number = std::to_string(place.number),
                                     .row = projections::row_name(place.row)});
  }
  return booking;
}

SalesLine render(const projections::SalesFigures& figures) {
  SalesLine line;
  line.shows = figures.shows;
  line.seats = figures.seats;
  line.seats_sold = figures.seats_sold;
  if (figures.seats > 0) {
    line.occupancy = static_cast<double>(figures.seats_sold) / static_cast<double>(figures.seats);
  }
  line.bookings = figures.bookings;
  line.confirmed = figures.confirmed;
  for (const auto& [reason, count] : figures.cancelled) {
    line.cancelled += count;
    line.cancel_reasons.push_back({reason, count});
  }
  line.pending = line.bookings - line.confirmed - line.cancelled;
  line.payments = figures.payments;
  line.captured = figures.captured;
  line.refunds = figures.refunds;
  line.refunds_due = figures.refunds_due;
  line.revenue = figures.captured;
  line.revenue -= figures.refunds_due;
  for (const auto& [reason, count] : figures.refusals) {
    line.refusals += count;
    line.refusal_reasons.push_back({reason, count});
  }
  return line;
}

SalesLine render(const projections::ShowSales& group, projections::SalesBy by,
                 const projections::ShowView& show) {
  using projections::SalesBy;
  const bool one_show = by == SalesBy::show;
  SalesLine line = render(group.figures);
  if (one_show) {
    line.show_id = group.show_id;
    line.show_time = show.show_time;
  }
  if (one_show || by == SalesBy::day) line.show_date = group.show_date;
  if (one_show || by == SalesBy::movie) {
    line.movie_id = group.movie_id;
    line.movie_title = show.movie->title;
  }
  if (one_show || by == SalesBy::theatre) {
    line.theatre_id = group.theatre_id;
    line.theatre_name = show.theatre->name;
    line.city = show.theatre->city;
  }
  return line;
}

HistoryEntry render(const projections::HistoryEntry& entry, std::optional<std::string> guest) {
  HistoryEntry out{.seq = entry.position,
                   .time = entry.time,
                   .kind = entry.kind,
                   .actor = entry.actor,
                   .seat_ids = entry.seat_ids,
                   .user_id = std::nullopt,
                   .guest = std::move(guest),
                   .booking_id = std::nullopt,
                   .until = entry.until,
                   .cancel_reason = entry.cancel_reason,
                   .command = entry.command,
                   .reason = entry.refusal};
  if (entry.user_id) out.user_id = entry.user_id;
  if (entry.booking_id) out.booking_id = entry.booking_id;
  return out;
}

namespace {

Seat render_seat(ShowId show_id, SeatId id, const projections::SeatView& view, std::string row,
                 std::uint16_t number) {
  const bool locked = view.status == projections::SeatStatus::locked;
  return {.seat_number = std::to_string(number),
          .row = std::move(row),
          .id = id,
          .show_id = show_id,
          .is_booked = view.status == projections::SeatStatus::booked,
          .is_locked = locked,
          .locked_until = locked ? std::optional(view.locked_until) : std::nullopt};
}

SeatId seat_at(SeatId first, std::size_t index) {
  return SeatId(first.value + static_cast<SeatId::rep>(index));
}

}  // namespace

std::string render_seats(ShowId show_id, const projections::SeatMapView& map) {
  constexpr std::size_t bytes_per_seat = 128;
  std::string out;
  out.reserve(map.seats.size() * bytes_per_seat + 2);
  char separator = '[';
  std::size_t index = 0;
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    const std::string row_name = projections::row_name(static_cast<std::uint16_t>(row));
    for (std::uint16_t number = 1; number <= map.rows[row]; ++number, ++index) {
      out += separator;
      separator = ',';
      json::write(out, render_seat(show_id, seat_at(map.first_seat, index), map.seats[index],
                                   row_name, number));
    }
  }
  out += separator == '[' ? "[]" : "]";
  return out;
}

std::string render_changes(ShowId show_id, const projections::SeatChanges& changes) {
  std::string out;
  char separator = '[';
  for (const std::size_t index : changes.changed) {
    const auto place = projections::seat_place(changes.rows, static_cast<std::uint32_t>(index));
    out += separator;
    separator = ',';
    json::write(out, render_seat(show_id, seat_at(changes.first_seat, index), changes.seats[index],
                                 projections::row_name(place.row), place.number));
  }
  out += separator == '[' ? "[]" : "]";
  return out;
}

}  // namespace boxoffice::http::api
