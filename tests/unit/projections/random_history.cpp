#include "tests/unit/projections/random_history.h"

#include <fmt/format.h>

#include "engine/domain/decide.h"
#include "engine/domain/evolve.h"

namespace boxoffice::projections {

namespace {

namespace domain = engine::domain;

template <class Status>
char letter(Status status) {
  if (status == Status::free) return '.';
  return status == Status::locked ? 'L' : 'B';
}

/// Small numbers out of one choice, a digit at a time.
class Digits {
 public:
  explicit Digits(std::uint32_t choice) : rest_(choice) {}
  /// 0 .. `base` - 1
  std::uint32_t next(std::uint32_t base) {
    const std::uint32_t digit = rest_ % base;
    rest_ /= base;
    return digit;
  }
  template <class Id>
  Id id(std::uint32_t count) {
    return Id(next(count) + 1);
  }

 private:
  std::uint32_t rest_;
};

/// Runs commands through the domain and keeps what comes out.
class Cinema {
 public:
  void run(const domain::Command& command, Duration later = {}) {
    now_ = now_ + later;
    if (domain::is_due(state_, now_)) decide(domain::AdvanceTime{});
    decide(command);
  }

  const domain::State& state() const { return state_; }
  RandomHistory take() { return std::move(out_); }

 private:
  void decide(const domain::Command& command) {
    domain::Context context;
    context.now = now_;
    context.actor.kind = events::ActorKind::admin;
    context.actor.user_id = UserId(1);
    const auto decision = domain::decide(state_, command, context);
    if (const auto* const refused = std::get_if<domain::Refused>(&decision)) {
      add(domain::trace_of(command, *refused));
      return;
    }
    for (const events::EventBody& body : std::get<domain::Accepted>(decision)) add(body);
  }

  void add(events::EventBody body) {
    events::Event event;
    event.position = event.command = out_.history.last().next();
    event.time = now_;
    event.body = std::move(body);
    domain::evolve(state_, event);
    out_.history.append(std::move(event));
    auto& seats = out_.seats.emplace_back();
    for (const auto& [show_id, show] : state_.shows) {
      for (const domain::Seat& seat : show.seats) seats[show_id] += letter(seat.status());
    }
  }

  domain::State state_;
  Instant now_{1'700'000'000'000'000};
  RandomHistory out_;
};

domain::TheatreFields theatre_fields(Digits& digits) {
  const bool mumbai = digits.next(2) == 0;
  return {.name = fmt::format("Hall {}", digits.next(9)),
          .city = mumbai ? "Mumbai" : "New York",
          .address = "1 Road",
          .total_seats = 5,
          .layout = {2, 3}};
}

domain::MovieFields movie_fields(Digits& digits) {
  return {.title = fmt::format("Part {}", digits.next(9)),
          .description = std::nullopt,
          .duration_min = 100,
          .genre = "Drama",
          .rating = "PG",
          .poster_url = std::nullopt,
          .release_date = {2020, 1, 1}};
}

/// One to three seats that mostly belong to the show.
std::vector<SeatId> some_seats(Digits& digits, ShowId show) {
  std::vector<SeatId> seats;
  const std::uint32_t first = 5 * (show.value - 1) + 1 + digits.next(4);
  const std::uint32_t count = 1 + digits.next(3);
  for (std::uint32_t i = 0; i < count; ++i) seats.push_back(SeatId(first + i));
  return seats;
}

Date some_date(Digits& digits) { return {2030, 1, static_cast<std::uint8_t>(1 + digits.next(3))}; }

std::string some_session(Digits& digits) { return digits.next(2) == 0 ? "ann" : "bob"; }

domain::Command catalog_command(Digits& digits) {
  switch (digits.next(9)) {
    case 0: return domain::CreateMovie{movie_fields(digits)};
    case 1: return domain::ChangeMovie{digits.id<MovieId>(3), movie_fields(digits)};
    case 2: return domain::DeleteMovie{digits.id<MovieId>(3)};
    case 3: return domain::CreateTheatre{theatre_fields(digits)};
    case 4: return domain::ChangeTheatre{digits.id<TheatreId>(3), theatre_fields(digits)};
    case 5: return domain::DeleteTheatre{digits.id<TheatreId>(3)};
    case 6:
      return domain::CreateShow{digits.id<MovieId>(3), digits.id<TheatreId>(3), some_date(digits),
                                TimeOfDay{72000}, Money{1000}};
    case 7:
      return domain::ChangeShow{digits.id<ShowId>(3), some_date(digits), std::nullopt, Money{900}};
    default: return domain::DeleteShow{digits.id<ShowId>(3)};
  }
}

domain::Command user_command(Digits& digits, const domain::State& state) {
  switch (digits.next(4)) {
    case 0: {
      // Keys are drawn once; only those of users that are registered matter.
      const std::uint32_t key = state.next_user.value;
      return tests::register_user(key, tests::fingerprint(fmt::format("u{}", digits.next(5))));
    }
    case 1:
      return domain::ChangeUser{digits.id<UserId>(3), std::nullopt, tests::sealed("C"),
                                std::nullopt};
    case 2:
      return domain::EraseUser{digits.id<UserId>(3).next()};  // the first one, who books, stays
    default: return domain::ChangeUserRole{digits.id<UserId>(3), events::Role::admin};
  }
}

domain::Command seat_command(Digits& digits) {
  const auto show = digits.id<ShowId>(3);
  auto seats = some_seats(digits, show);
  switch (digits.next(4)) {
    case 0: return domain::LockSeats{show, std::move(seats), some_session(digits)};
    case 1: return domain::ReleaseSeats{show, std::move(seats), some_session(digits)};
    default:
      return domain::CreateBooking{show, std::move(seats), tests::fingerprint("demo"),
                                   digits.next(2) == 0 ? "" : some_session(digits)};
  }
}

domain::Command payment_command(Digits& digits, const domain::State& state) {
  const auto booking_id = digits.id<BookingId>(6);
  switch (digits.next(4)) {
    case 0: return domain::CancelBooking{booking_id};
    case 1: {
      const auto* const booking = domain::find_or_null(state.bookings, booking_id);
      return domain::InitiatePayment{booking_id, booking == nullptr ? Money{} : booking->total,
                                     "card", transaction(state.next_payment.value)};
    }
    default:
      return domain::RecordPaymentResult{transaction(1 + digits.next(6)), digits.next(3) != 0,
                                         false};
  }
}

domain::Command some_command(Digits& digits, const domain::State& state) {
  // Ids stay within random_ids_max: no kind is created more often than that.
  switch (digits.next(8)) {
    case 0: return catalog_command(digits);
    case 1: return user_command(digits, state);
    case 2:
    case 3:
    case 4: return seat_command(digits);
    default: return payment_command(digits, state);
  }
}

bool is_full(const domain::State& state) {
  const std::uint32_t most =
      std::max({state.next_movie.value, state.next_theatre.value, state.next_show.value,
                state.next_user.value, state.next_booking.value, state.next_payment.value});
  return most > random_ids_max;
}

}  // namespace

RandomHistory random_history(const std::vector<std::uint32_t>& choices) {
  Cinema cinema;
  Digits zero(0);
  cinema.run(tests::register_user(1, tests::fingerprint("demo")));
  cinema.run(domain::CreateMovie{movie_fields(zero)});
  cinema.run(domain::CreateTheatre{theatre_fields(zero)});
  for (int show = 0; show < 2; ++show) {
    cinema.run(domain::CreateShow{MovieId(1), TheatreId(1), {2030, 1, 1}, {}, Money{1000}});
  }
  for (const std::uint32_t choice : choices) {
    if (is_full(cinema.state())) break;
    Digits digits(choice);
    // Now and then long enough for locks (5 min) or bookings (10 min) to expire.
    const std::uint32_t pause = digits.next(8);
    const auto later = pause == 0 ? Duration(std::chrono::minutes(6)) : std::chrono::seconds(pause);
    cinema.run(some_command(digits, cinema.state()), later);
  }
  return cinema.take();
}

std::string letters_of(const SeatMapView& view) {
  std::string out;
  for (const SeatView& seat : view.seats) out += letter(seat.status);
  return out;
}

}  // namespace boxoffice::projections
