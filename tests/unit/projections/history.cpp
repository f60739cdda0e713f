#include "tests/unit/projections/history.h"

#include <fmt/format.h>

#include "base/packed.h"
namespace boxoffice::projections {

BOOST_DESCRIBE_STRUCT(SeatView, (), (status, locked_until))
BOOST_DESCRIBE_STRUCT(SeatMapView, (), (position, version, first_seat, rows, seats))
BOOST_DESCRIBE_STRUCT(BookingView, (),
                      (booking_id, user_id, show_id, seat_ids, total_amount, status, guest,
                       transaction_id, cancel_reason, expires_at, created_at))
BOOST_DESCRIBE_STRUCT(PaymentView, (),
                      (payment_id, booking_id, amount, payment_method, transaction_id, status, late,
                       created_at))
BOOST_DESCRIBE_STRUCT(SalesView, (), (position, shows))
BOOST_DESCRIBE_STRUCT(HistoryPage, (), (entries, next))

std::unique_ptr<ReadModels> open_models(const std::string& directory, BulkRows bulk) {
  return unwrap(ReadModels::open(directory, bulk));
}

Instant time_of(std::uint64_t position) {
  return Instant{static_cast<std::int64_t>(position) * 1'000'000};
}

namespace {

template <class T>
std::string text(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(enum_name(value));
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    return fmt::format("{}", value);
  } else if constexpr (is_strong_id<T>) {
    return fmt::format("{}", value.value);
  } else if constexpr (is_optional<T>) {
    return value ? text(*value) : "none";
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    return to_hex(value.bytes);
  } else if constexpr (MapLike<T>) {
    std::string out = "[";
    for (const auto& [key, mapped] : value) out += text(key) + ':' + text(mapped) + ' ';
    return out + ']';
  } else if constexpr (Elements<T>) {
    std::string out = "[";
    for (const auto& element : value) out += text(element) + ' ';
    return out + ']';
  } else if constexpr (Described<T>) {
    std::string out = "{";
    for_each_member(value, [&](std::string_view name, const auto& member) {
      out += fmt::format("{}={} ", name, text(member));
    });
    return out + '}';
  } else {
    return to_string(value);
  }
}

template <class T>
std::string text(const std::shared_ptr<const T>& view) {
  return view ? text(*view) : "none";
}

std::string text(const ShowView& view) {
  return text<ShowView>(view) + text(view.movie) + text(view.theatre);
}
std::string text(const std::optional<ShowView>& view) { return view ? text(*view) : "none"; }

template <class View>
std::string list(const std::vector<View>& views) {
  std::string out;
  for (const auto& view : views) out += text(view) + ' ';
  return out;
}

std::string shows_at(const ReadModels& models, Position at, std::uint32_t ids_max) {
  std::string out = list(models.shows({}, ShowOrder::id, {}, at)) + '\n';
  out += list(models.shows({}, ShowOrder::start, {.skip = 1, .limit = 2}, at)) + '\n';
  for (std::uint32_t id = 1; id <= ids_max; ++id) {
    ShowFilter movie;
    movie.movie_id = MovieId(id);
    ShowFilter theatre;
    theatre.theatre_id = TheatreId(id);
    ShowFilter date;
    date.date = Date{2030, 1, static_cast<std::uint8_t>(id)};
    for (const auto& filter : {movie, theatre, date}) {
      out += list(models.shows(filter, ShowOrder::id, {}, at)) + '\n';
    }
  }
  for (const char* const city : {"Mumbai", "New York"}) {
    ShowFilter filter;
    filter.city = city;
    out += list(models.shows(filter, ShowOrder::id, {}, at)) + '\n';
    out += list(models.theatres(city, {}, at)) + '\n';
  }
  return out;
}

std::string histories_at(const ReadModels& models, Position at, std::uint32_t ids_max) {
  std::string out;
  for (std::uint32_t id = 1; id <= ids_max; ++id) {
    for (const Position after : {Position(), Position(at.value / 2)}) {
      const HistoryWindow window{.after = after, .limit = 5, .at = at};
      out += fmt::format("{} history {}\n", id, text(models.show_history(ShowId(id), window)));
      out += fmt::format("{} of seat {}\n", id, text(models.seat_history(SeatId(id), window)));
    }
  }
  return out;
}

}  // namespace

Position History::add(events::EventBody body) {
  events::Event event;
  event.position = event.command = last().next();
  event.time = time_of(event.position.value);
  event.body = std::move(body);
  events_.push_back(std::move(event));
  return last();
}

events::Frame History::frame(Position first, Position last) const {
  const auto begin = events_.begin();
  return {.time = events_[last.value - 1].time,
          .events = {begin + static_cast<std::ptrdiff_t>(first.value - 1),
                     begin + static_cast<std::ptrdiff_t>(last.value)}};
}

std::vector<events::Frame> History::frames(std::size_t size) const {
  std::vector<events::Frame> all;
  for (std::size_t first = 1; first <= events_.size(); first += size) {
    all.push_back(frame(Position(first), Position(std::min(first + size - 1, events_.size()))));
  }
  return all;
}

void Models::fold(events::EventBody body) {
  const Position position = history_.add(std::move(body));
  unwrap(models_->apply(history_.frame(position, position)));
}

void Models::reopen() {
  models_.reset();
  models_ = open_models(directory_.path());
  for (Position p = models_->position().next(); p <= history_.last(); p = p.next()) {
    unwrap(models_->apply(history_.frame(p, p)));
  }
}

std::string answers_at(const ReadModels& models, Position at, std::uint32_t ids_max) {
  std::string out = list(models.movies({}, {}, at)) + '\n';
  out += list(models.movies({}, {.skip = 1, .limit = 1}, at)) + '\n';
  for (std::uint32_t id = 1; id <= ids_max; ++id) {
    out += fmt::format("{} movie {}\n", id, text(models.movie(MovieId(id), at)));
    out += fmt::format("{} theatre {}\n", id, text(models.theatre(TheatreId(id), at)));
    out += fmt::format("{} show {}\n", id, text(models.show(ShowId(id), at)));
    out += fmt::format("{} ever {}\n", id, text(models.show_even_deleted(ShowId(id), at)));
    out += fmt::format("{} booking {}\n", id, text(models.booking(BookingId(id), at)));
    out += fmt::format("{} bookings {}\n", id, list(models.bookings_of(UserId(id), {}, at)));
    out += fmt::format("{} seats {}\n", id, text(seats_at(models, ShowId(id), at)));
    const auto payment = models.payment(PaymentId(id), at);
    out += fmt::format("{} payment {}\n", id, text(payment));
    if (payment) out += text(models.payment(payment->transaction_id, at)) + '\n';
  }
  return out + shows_at(models, at, ids_max) + histories_at(models, at, ids_max);
}

std::string answers_now(const ReadModels& models, std::uint32_t ids_max) {
  std::string out = text(models.sales({})) + '\n';
  out += text(models.sales({.show_id = ShowId(2), .from = {}, .to = {}})) + '\n';
  out +=
      text(models.sales({.show_id = {}, .from = Date{2030, 1, 2}, .to = Date{2030, 1, 2}})) + '\n';
  for (std::uint32_t id = 1; id <= ids_max; ++id) {
    out += fmt::format("{} seats {}\n", id, text(models.seat_map(ShowId(id))));
    const auto version = models.seat_map_version(ShowId(id));
    if (version) out += fmt::format("{} {}\n", version->version, version->position.value);
    const auto user = models.user(UserId(id));
    out += fmt::format("{} user {}\n", id, text(user));
    if (user) out += text(models.user(user->email_fingerprint)) + '\n';
  }
  return out;
}

std::string text_of(const SeatMapView& view) { return text(view); }
std::string text_of(const BookingView& view) { return text(view); }
std::string text_of(const PaymentView& view) { return text(view); }
std::string text_of(const SalesFigures& figures) { return text(figures); }
std::string text_of(const HistoryEntry& entry) { return text(entry); }

// ---- Events with the usual fields ---------------------------------------------------------------

events::MovieCreated movie_created(std::uint32_t id, std::string title) {
  return {.movie_id = MovieId(id),
          .title = std::move(title),
          .description = std::nullopt,
          .duration = 122,
          .genre = "Drama",
          .rating = "R",
          .poster_url = "/poster.png",
          .release_date = {2019, 10, 4}};
}

events::TheatreCreated theatre_created(std::uint32_t id, std::string city) {
  return {.theatre_id = TheatreId(id),
          .name = "Cineplex",
          .city = std::move(city),
          .address = "123 Broadway",
          .total_seats = 6,
          .rows = {3, 3},
          .has_layout = true};
}

events::ShowCreated show_created(std::uint32_t id, std::uint32_t movie, std::uint32_t theatre,
                                 Date date) {
  return {.show_id = ShowId(id),
          .movie_id = MovieId(movie),
          .theatre_id = TheatreId(theatre),
          .show_date = date,
          .show_time = TimeOfDay{72000},
          .price = Money{1250},
          .first_seat = SeatId(6 * id - 5),
          .rows = {3, 3}};
}

events::SeatsLocked seats_locked(std::uint32_t show, std::vector<SeatId> seats, Instant until) {
  return {.show_id = ShowId(show),
          .seat_ids = std::move(seats),
          .user_session = "session",
          .user_id = {},
          .since = {},
          .until = until};
}

events::BookingCreated booking_created(std::uint32_t id, std::uint32_t show,
                                       std::vector<SeatId> seats, std::uint32_t user) {
  const auto count = static_cast<std::int64_t>(seats.size());
  return {.booking_id = BookingId(id),
          .user_id = UserId(user),
          .show_id = ShowId(show),
          .seat_ids = std::move(seats),
          .total_amount = Money{1250} * count,
          .expires_at = time_of(600),
          .guest = false,
          .user_session = ""};
}

events::PaymentInitiated payment_initiated(std::uint32_t booking) {
  return {.payment_id = PaymentId(booking),
          .booking_id = BookingId(booking),
          .amount = Money{1250},
          .payment_method = "card",
          .transaction_id = transaction(booking),
          .booking_expires_at = time_of(900)};
}

Uuid transaction(std::uint32_t payment) {
  Uuid id;
  id.bytes[15] = static_cast<std::uint8_t>(payment);
  id.bytes[0] = 0xA0;
  return id;
}

}  // namespace boxoffice::projections
