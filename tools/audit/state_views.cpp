#include "tools/audit/state_views.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/bytes.h"
#include "engine/domain/digest.h"
#include "projections/views.h"

namespace boxoffice::tools::audit {

namespace domain = engine::domain;

namespace {

std::string status_name(domain::SeatStatus status) {
  switch (status) {
    case domain::SeatStatus::free: return "free";
    case domain::SeatStatus::locked: return "locked";
    case domain::SeatStatus::booked: return "booked";
  }
  return "unknown";
}

std::string status_name(domain::BookingStatus status) {
  switch (status) {
    case domain::BookingStatus::pending: return "pending";
    case domain::BookingStatus::confirmed: return "confirmed";
    case domain::BookingStatus::cancelled: return "cancelled";
  }
  return "unknown";
}

std::string status_name(domain::PaymentStatus status) {
  switch (status) {
    case domain::PaymentStatus::pending: return "pending";
    case domain::PaymentStatus::succeeded: return "success";
    case domain::PaymentStatus::failed: return "failed";
  }
  return "unknown";
}

void count(SeatCounts& counts, domain::SeatStatus status) {
  switch (status) {
    case domain::SeatStatus::free: ++counts.free; break;
    case domain::SeatStatus::locked: ++counts.locked; break;
    case domain::SeatStatus::booked: ++counts.booked; break;
  }
}

void count(BookingCounts& counts, domain::BookingStatus status) {
  switch (status) {
    case domain::BookingStatus::pending: ++counts.pending; break;
    case domain::BookingStatus::confirmed: ++counts.confirmed; break;
    case domain::BookingStatus::cancelled: ++counts.cancelled; break;
  }
}

void count(PaymentCounts& counts, domain::PaymentStatus status) {
  switch (status) {
    case domain::PaymentStatus::pending: ++counts.pending; break;
    case domain::PaymentStatus::succeeded: ++counts.success; break;
    case domain::PaymentStatus::failed: ++counts.failed; break;
  }
}

SeatThen seat_then(const domain::State& state, SeatId id, const domain::Seat& seat,
                   const projections::SeatPlace& place) {
  SeatThen then{.seat_id = id,
                .row = projections::row_name(place.row),
                .number = place.number,
                .status = status_name(seat.status()),
                .lock = {},
                .until = {},
                .booking_id = {}};
  if (seat.status() == domain::SeatStatus::locked) {
    then.lock = seat.lock();
    if (const auto* lock = domain::find_or_null(state.locks, seat.lock())) then.until = lock->until;
  } else if (seat.status() == domain::SeatStatus::booked) {
    then.booking_id = seat.booking();
  }
  return then;
}

// A hall in use keeps its rows, so they are the show's; a forged log may say otherwise.
std::vector<std::uint16_t> rows_of(const domain::State& state, const domain::Show& show) {
  const auto* theatre = domain::find_or_null(state.theatres, show.theatre_id);
  if (theatre != nullptr && std::accumulate(theatre->rows.begin(), theatre->rows.end(),
                                            std::size_t{0}) == show.seats.size()) {
    return theatre->rows;
  }
  return std::vector<std::uint16_t>(show.seats.size(), 1);
}

std::optional<PaymentThen> payment_then(const domain::State& state, PaymentId id) {
  const auto* payment = domain::find_or_null(state.payments, id);
  if (payment == nullptr) return std::nullopt;
  return PaymentThen{.payment_id = id,
                     .status = status_name(payment->status),
                     .amount = payment->amount,
                     .refund_due = payment->refund_due};
}

std::string holder(const SeatThen& seat) {
  if (seat.lock) {
    return fmt::format("locked by lock {} until {}", seat.lock->value,
                       seat.until ? to_string(*seat.until) : "unknown");
  }
  if (seat.booking_id) return fmt::format("booked by booking {}", seat.booking_id->value);
  return "free";
}

}  // namespace

Summary summary_of(const domain::State& state) {
  Summary summary;
  summary.position = state.position;
  if (state.position) summary.time = state.now;
  summary.digest = to_hex(domain::digest_of(state).bytes);
  summary.movies = state.movies.size();
  summary.theatres = state.theatres.size();
  summary.shows = state.shows.size();
  summary.users = state.users.size();
  summary.locks = state.locks.size();
  for (const auto& [id, show] : state.shows) {
    for (const domain::Seat& seat : show.seats) count(summary.seats, seat.status());
  }
  for (const auto& [id, booking] : state.bookings) count(summary.bookings, booking.status);
  for (const auto& [id, payment] : state.payments) {
    count(summary.payments, payment.status);
    if (payment.status == domain::PaymentStatus::succeeded) summary.captured += payment.amount;
    if (payment.refund_due) summary.refund_due += payment.amount;
  }
  return summary;
}

std::optional<ShowThen> show_then(const domain::State& state, ShowId id) {
  const auto* show = domain::find_or_null(state.shows, id);
  if (show == nullptr) return std::nullopt;
  ShowThen then{.position = state.position,
                .show_id = id,
                .movie_id = show->movie_id,
                .theatre_id = show->theatre_id,
                .show_date = show->show_date,
                .show_time = show->show_time,
                .price = show->price,
                .seats = {}};
  const auto rows = rows_of(state, *show);
  for (std::uint32_t i = 0; i < show->seats.size(); ++i) {
    then.seats.push_back(seat_then(state, SeatId(show->first_seat.value + i), show->seats[i],
                                   projections::seat_place(rows, i)));
  }
  return then;
}

std::optional<BookingThen> booking_then(const domain::State& state, BookingId id) {
  const auto* booking = domain::find_or_null(state.bookings, id);
  if (booking == nullptr) return std::nullopt;
  BookingThen then{.position = state.position,
                   .booking_id = id,
                   .user_id = booking->user_id,
                   .show_id = booking->show_id,
                   .status = status_name(booking->status),
                   .cancel_reason = {},
                   .seat_ids = booking->seat_ids,
                   .total_amount = booking->total,
                   .expires_at = {},
                   .payment = payment_then(state, booking->payment_id)};
  if (booking->status == domain::BookingStatus::pending) then.expires_at = booking->expires_at;
  if (booking->status == domain::BookingStatus::cancelled) {
    then.cancel_reason = std::string(enum_name(booking->cancel_reason));
  }
  return then;
}

std::optional<UserThen> user_then(const domain::State& state, UserId id) {
  const bool erased = state.erased_users.contains(id);
  if (!erased && !state.users.contains(id)) return std::nullopt;
  UserThen then{.position = state.position, .user_id = id, .erased = erased, .bookings = {}};
  for (const auto& [booking_id, booking] : state.bookings) {
    if (booking.user_id == id) then.bookings.push_back(*booking_then(state, booking_id));
  }
  std::sort(then.bookings.begin(), then.bookings.end(),
            [](const auto& a, const auto& b) { return a.booking_id < b.booking_id; });
  return then;
}

std::string text_of(const Summary& s) {
  return fmt::format(
      "position   {}\n"
      "time       {}\n"
      "digest     {}\n"
      "movies     {}\n"
      "theatres   {}\n"
      "shows      {}\n"
      "seats      {} free, {} locked, {} booked\n"
      "users      {}\n"
      "locks      {}\n"
      "bookings   {} pending, {} confirmed, {} cancelled\n"
      "payments   {} pending, {} success, {} failed\n"
      "money      {} captured, {} refund due\n",
      s.position.value, s.time ? to_string(*s.time) : "before the first event", s.digest, s.movies,
      s.theatres, s.shows, s.seats.free, s.seats.locked, s.seats.booked, s.users, s.locks,
      s.bookings.pending, s.bookings.confirmed, s.bookings.cancelled, s.payments.pending,
      s.payments.success, s.payments.failed, to_string(s.captured), to_string(s.refund_due));
}

std::string text_of(const ShowThen& show) {
  std::string text = fmt::format("show {} at position {}: movie {}, theatre {}, {} {}, price {}\n",
                                 show.show_id.value, show.position.value, show.movie_id.value,
                                 show.theatre_id.value, to_string(show.show_date),
                                 to_string(show.show_time), to_string(show.price));
  for (const SeatThen& seat : show.seats) {
    text += fmt::format("  seat {:<8} {:>3}{:<5} {}\n", seat.seat_id.value, seat.row, seat.number,
                        holder(seat));
  }
  return text;
}

std::string text_of(const BookingThen& b) {
  std::string text =
      fmt::format("booking {} at position {}: {}", b.booking_id.value, b.position.value, b.status);
  if (b.cancel_reason) text += fmt::format(" ({})", *b.cancel_reason);
  std::vector<std::uint32_t> seats;
  for (const SeatId id : b.seat_ids) seats.push_back(id.value);
  text +=
      fmt::format("\n  user     {}\n  show     {}\n  seats    {}\n  total    {}\n", b.user_id.value,
                  b.show_id.value, fmt::join(seats, ", "), to_string(b.total_amount));
  if (b.expires_at) text += fmt::format("  to be paid before {}\n", to_string(*b.expires_at));
  if (b.payment) {
    text += fmt::format("  payment  {}: {}, {}{}\n", b.payment->payment_id.value, b.payment->status,
                        to_string(b.payment->amount), b.payment->refund_due ? ", refund due" : "");
  }
  return text;
}

std::string text_of(const UserThen& user) {
  std::string text =
      fmt::format("user {}{} at position {}: {} bookings\n", user.user_id.value,
                  user.erased ? ", erased," : "", user.position.value, user.bookings.size());
  for (const BookingThen& booking : user.bookings) text += text_of(booking);
  return text;
}

}  // namespace boxoffice::tools::audit
