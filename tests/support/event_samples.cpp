#include "tests/support/event_samples.h"

#include <fmt/format.h>

#include <boost/mp11/algorithm.hpp>

#include "events/codec.h"
#include "tests/support/personal.h"

namespace boxoffice::tests {

using namespace events;

namespace {

constexpr Instant sample_time{1'718'481'600'123'456};  // 2024-06-15T20:00:00.123456Z

template <std::size_t N>
FixedBytes<N> counted_bytes(std::uint8_t first) {
  FixedBytes<N> out;
  for (std::uint8_t& byte : out.bytes) byte = first++;
  return out;
}

Uuid sample_uuid() { return Uuid{counted_bytes<16>(0xA0)}; }

const std::vector<SeatId> sample_seats{SeatId(1001), SeatId(1002), SeatId(1003)};
const std::vector<std::uint16_t> sample_rows{12, 14, 300};
constexpr Date sample_date{2024, 2, 29};

std::vector<EventBody> catalogue_bodies() {
  return {
      MovieCreated{MovieId(1), "Amélie \"A\"", "A \\ tale\n", 122, "Romance", "R",
                   "https://example.com/a.jpg", sample_date},
      MovieChanged{MovieId(2), "Alien", "", 117, "Horror", "R", "", sample_date},
      MovieDeleted{MovieId(3)},
      TheatreCreated{TheatreId(4), "Rex", "Köln", "Ring 1", 326, sample_rows, true},
      TheatreChanged{TheatreId(5), "Lux", "Bonn", "Markt 2", 326, sample_rows, true},
      TheatreDeleted{TheatreId(6)},
      ShowCreated{ShowId(7), MovieId(1), TheatreId(4), sample_date, TimeOfDay{72'000}, Money{1250},
                  SeatId(1001), sample_rows},
      ShowChanged{ShowId(8), sample_date, TimeOfDay{86'399}, Money{999'999'999'999}},
      ShowDeleted{ShowId(9)},
  };
}

std::vector<EventBody> user_and_seat_bodies() {
  return {
      UserRegistered{UserId(10), UserKeyId(3), fingerprint("key 3"), fingerprint("ann@example.com"),
                     sealed("\x01\xFE e-mail"), sealed("hash"), sealed("Ann"), sealed("Lee")},
      UserChanged{UserId(11), sealed("another hash"), sealed("Anna"), sealed("")},
      UserRoleChanged{UserId(12), Role::admin},
      UserLoggedIn{UserId(13)},
      SeatsLocked{ShowId(7), sample_seats, "session-1", UserId(10), sample_time,
                  sample_time + std::chrono::minutes(5)},
      SeatsReleased{ShowId(7), sample_seats},
      LockExpired{ShowId(7), sample_seats},
  };
}

std::vector<EventBody> booking_bodies() {
  return {
      BookingCreated{BookingId(20), UserId(10), ShowId(7), sample_seats, Money{3750},
                     sample_time + std::chrono::minutes(15), true, "session-1"},
      BookingConfirmed{BookingId(20), PaymentId(30), true},
      BookingCancelled{BookingId(20), CancelReason::show_cancelled},
      BookingExpired{BookingId(20)},
      PaymentInitiated{PaymentId(30), BookingId(20), Money{3750}, "credit_card", sample_uuid(),
                       sample_time + std::chrono::minutes(20)},
      PaymentSucceeded{PaymentId(30), BookingId(20), sample_uuid(), true},
      PaymentFailed{PaymentId(30), BookingId(20), sample_uuid()},
      RefundRequested{PaymentId(30), BookingId(20), Money{3750}},
      CommandRepeated{CommandType::record_payment_result, BookingId(20), PaymentId(30)},
      CommandRefused{CommandType::create_booking, Refusal::idempotency_key_reused, sample_seats,
                     ShowId(7), BookingId(20), PaymentId(30), "session-1", MovieId(5), TheatreId(6),
                     UserId(10), "9d2c1e40-0000-4000-8000-000000000001"},
      UserErased{UserId(10), UserKeyId(3)},
  };
}

// Puts each body into an event; every second one belongs to the command before it.
std::vector<Event> wrap(std::vector<EventBody> bodies) {
  std::vector<Event> out;
  for (EventBody& body : bodies) {
    const Position position(42 + out.size());
    Event event;
    event.position = position;
    event.command = Position(position.value - out.size() % 2);
    event.time = sample_time;
    event.actor = Actor{ActorKind::gateway, UserId(10)};
    event.cause = fmt::format("request-{}", event.command.value);
    if (out.size() % 3 == 0) {
      event.idempotency = Idempotency{counted_bytes<16>(0x10), counted_bytes<16>(0x40)};
    }
    if (out.size() % 4 == 0) event.trace = counted_bytes<16>(0x70);
    event.body = std::move(body);
    out.push_back(std::move(event));
  }
  return out;
}

template <class T>
bool same_members(const T& a, const T& b) {
  bool same = true;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) { same = same && a.*d.pointer == b.*d.pointer; });
  return same;
}

}  // namespace

std::vector<Event> sample_events() {
  std::vector<EventBody> bodies = catalogue_bodies();
  for (EventBody& body : user_and_seat_bodies()) bodies.push_back(std::move(body));
  for (EventBody& body : booking_bodies()) bodies.push_back(std::move(body));
  return wrap(std::move(bodies));
}

std::vector<Event> empty_events() {
  std::vector<EventBody> bodies;
  [&]<std::size_t... Type>(std::index_sequence<Type...>) {
    (bodies.emplace_back(std::in_place_index<Type>), ...);
  }
  (std::make_index_sequence<std::variant_size_v<EventBody>>());
  std::vector<Event> out = wrap(std::move(bodies));
  for (Event& event : out) {
    event.actor = {};
    event.cause.clear();
    event.idempotency.reset();
    event.trace.reset();
  }
  return out;
}

std::vector<Event> lock_events(Position first, std::uint32_t count) {
  std::vector<Event> out(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Event& event = out[i];
    const std::uint64_t n = first.value + i;
    event.position = event.command = Position(n);
    event.time = sample_time;
    event.actor = Actor{ActorKind::user, UserId(static_cast<std::uint32_t>(n % 5000 + 1))};
    event.cause = fmt::format("{:016x}", n * 0x9E3779B97F4A7C15);
    const auto seat = static_cast<std::uint32_t>(n % 100'000 + 1);
    event.body = SeatsLocked{ShowId(static_cast<std::uint32_t>(n % 300 + 1)),
                             {SeatId(seat), SeatId(seat + 1), SeatId(seat + 2)},
                             fmt::format("3f2b8c1e-0000-4000-8000-{:012x}", n),
                             event.actor.user_id,
                             sample_time,
                             sample_time + std::chrono::minutes(5)};
  }
  return out;
}

bool same_event(const Event& a, const Event& b) {
  if (a.position != b.position || a.command != b.command || a.time != b.time ||
      a.actor != b.actor || a.cause != b.cause || a.idempotency != b.idempotency ||
      a.trace != b.trace) {
    return false;
  }
  return a.body.index() == b.body.index() &&
         std::visit(
             [&](const auto& body) {
               return same_members(body, std::get<std::decay_t<decltype(body)>>(b.body));
             },
             a.body);
}

std::vector<std::uint8_t> encode(const std::vector<Event>& frame) {
  FrameEncoder encoder;
  for (const Event& event : frame) encoder.add(event);
  std::vector<std::uint8_t> out;
  encoder.finish(frame.front().time, out);
  return out;
}

}  // namespace boxoffice::tests
