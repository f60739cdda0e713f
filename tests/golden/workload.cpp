#include "tests/golden/workload.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>

#include "base/ensure.h"
#include "engine/sequencer/sequencer.h"

namespace boxoffice::tests {

namespace {

using engine::domain::CancelBooking;
using engine::domain::ChangeMovie;
using engine::domain::ChangeShow;
using engine::domain::ChangeTheatre;
using engine::domain::ChangeUser;
using engine::domain::ChangeUserRole;
using engine::domain::Command;
using engine::domain::CreateBooking;
using engine::domain::CreateMovie;
using engine::domain::CreateShow;
using engine::domain::CreateTheatre;
using engine::domain::DeleteMovie;
using engine::domain::DeleteShow;
using engine::domain::DeleteTheatre;
using engine::domain::EraseUser;
using engine::domain::InitiatePayment;
using engine::domain::LockSeats;
using engine::domain::LogIn;
using engine::domain::MovieFields;
using engine::domain::RecordPaymentResult;
using engine::domain::RegisterUser;
using engine::domain::ReleaseSeats;
using engine::domain::TheatreFields;
using engine::log::AppendStatus;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant opening{1'718'471'400'000'000};  // 2024-06-15T17:10:00Z
constexpr Money price{1250};
constexpr UserId ann{1};
constexpr UserId bob{2};

const events::Actor nobody{};
const events::Actor gateway{.kind = events::ActorKind::gateway, .user_id = {}};
const events::Actor admin{.kind = events::ActorKind::admin, .user_id = ann};
const events::Actor bobs{.kind = events::ActorKind::user, .user_id = bob};

Uuid transaction(std::uint8_t number) {
  Uuid id;
  id.bytes.fill(0x5A);
  id.bytes[15] = number;
  return id;
}

std::vector<SeatId> seats(std::initializer_list<std::uint32_t> numbers) {
  std::vector<SeatId> out;
  for (const std::uint32_t number : numbers) out.push_back(SeatId(number));
  return out;
}

// One frame is open at a time, as in the sequencer's thread.
class Evening {
 public:
  explicit Evening(engine::log::EventLog& log)
      : log_(log), sequencer_({}, {.lock_cooldown = seconds(30)}) {}

  // A command of the open frame. Every third one has an Idempotency-Key, every fourth a trace.
  void does(Command command, const events::Actor& actor = nobody) {
    sequencer_.open(now_);
    ++commands_;
    engine::Submission one{.command = std::move(command),
                           .actor = actor,
                           .cause = fmt::format("golden-{}", commands_)};
    if (commands_ % 3 == 0) {
      one.idempotency.emplace();
      one.idempotency->key.bytes.fill(commands_);
      one.idempotency->request.bytes.fill(static_cast<std::uint8_t>(~commands_));
    }
    if (commands_ % 4 == 0) one.trace.emplace().bytes.fill(commands_);
    sequencer_.add(std::move(one));
  }

  // Closes the frame; the next one is `later`.
  void then(Duration later) {
    sequencer_.open(now_);
    if (sequencer_.has_work()) {
      const auto sealed = sequencer_.seal();
      const auto outcome =
          log_.append({.first = sealed.frame->first(),
                       .count = static_cast<std::uint32_t>(sealed.frame->events.size()),
                       .time = sealed.frame->time,
                       .digest = sealed.digest,
                       .body = sealed.body});
      ENSURE(outcome.status == AppendStatus::durable, "a golden log is written whole");
    }
    now_ = now_ + later;
  }

  // Alone in its frame.
  void only(Command command, const events::Actor& actor = nobody) {
    does(std::move(command), actor);
    then(seconds(1));
  }

 private:
  engine::log::EventLog& log_;
  engine::Sequencer sequencer_;
  Instant now_ = opening;
  std::uint8_t commands_ = 0;
};

MovieFields alien() {
  return {.title = "Alien",
          .description = "In space no one can hear you scream",
          .duration_min = 117,
          .genre = "Horror",
          .rating = "R",
          .poster_url = std::nullopt,
          .release_date = {1979, 5, 25}};
}

TheatreFields rex() {
  return {.name = "Rex",
          .city = "K\xC3\xB6ln",
          .address = "Ring 1",
          .total_seats = 12,
          .layout = {5, 7}};
}

Fingerprint address(std::uint8_t number) {
  Fingerprint out;
  out.bytes.fill(static_cast<std::uint8_t>(0xE0 + number));
  return out;
}

// To the engine it is any bytes.
Ciphertext sealed(std::uint8_t number) {
  return Ciphertext{std::string(41, static_cast<char>(0xC0 + number))};
}

RegisterUser person(std::uint8_t number) {
  return {.key = {UserKeyId(number), address(number)},
          .email_fingerprint = address(number),
          .email = sealed(number),
          .password_hash = sealed(number),
          .first_name = sealed(number),
          .last_name = sealed(number)};
}

LockSeats lock(std::initializer_list<std::uint32_t> numbers, std::string session) {
  return {.show_id = ShowId(1), .seat_ids = seats(numbers), .user_session = std::move(session)};
}

CreateBooking book(std::initializer_list<std::uint32_t> numbers, std::string session = {}) {
  return {.show_id = ShowId(1),
          .seat_ids = seats(numbers),
          .email_fingerprint = address(1),
          .user_session = std::move(session)};
}

InitiatePayment pay(std::uint32_t booking, std::int64_t of_seats) {
  return {.booking_id = BookingId(booking),
          .amount = price * of_seats,
          .payment_method = "credit_card",
          .transaction_id = transaction(static_cast<std::uint8_t>(booking))};
}

RecordPaymentResult says(std::uint8_t booking, bool paid) {
  return {.transaction_id = transaction(booking), .succeeded = paid};
}

// The catalogue and its visitors. Show 1 has seats 1 to 12, show 2 has 13 to 24.
void opens(Evening& evening) {
  evening.does(CreateMovie{alien()}, admin);
  evening.does(CreateMovie{alien()}, admin);
  evening.does(CreateTheatre{rex()}, admin);
  evening.does(CreateTheatre{rex()}, admin);
  for (int i = 0; i < 2; ++i) {
    evening.does(
        CreateShow{MovieId(1), TheatreId(1), {2024, 6, 20}, TimeOfDay{72'000}, Money{1000}}, admin);
  }
  evening.then(minutes(1));
  MovieFields second = alien();
  second.title = "Aliens";
  second.poster_url = "https://example.com/aliens.jpg";
  evening.does(ChangeMovie{MovieId(2), second}, admin);
  TheatreFields larger = rex();
  larger.total_seats = 20;
  larger.layout = {};
  evening.does(ChangeTheatre{TheatreId(2), larger}, admin);
  evening.does(ChangeShow{.show_id = ShowId(1),
                          .show_date = std::nullopt,
                          .show_time = TimeOfDay{75'600},
                          .price = price},
               admin);
  evening.does(DeleteMovie{MovieId(2)}, admin);
  evening.does(DeleteTheatre{TheatreId(2)}, admin);
  evening.does(DeleteShow{ShowId(2)}, admin);
  evening.does(DeleteMovie{MovieId(1)}, admin);  // refused: it has a show
  evening.then(minutes(1));
  evening.does(person(1));
  evening.does(person(2));
  evening.does(person(3));
  evening.does(person(2));  // refused: there is one
  evening.does(ChangeUser{.user_id = bob,
                          .password_hash = std::nullopt,
                          .first_name = sealed(4),
                          .last_name = std::nullopt},
               bobs);
  evening.does(ChangeUserRole{ann, events::Role::admin});
  evening.does(LogIn{.user_id = ann, .password_matches = true});
  evening.does(LogIn{.user_id = bob, .password_matches = false});  // refused
  evening.does(EraseUser{UserId(3)});
  evening.then(minutes(1));
}

// Locks: taken, refused, renewed, given back, expired, wanted again too soon.
void locks(Evening& evening) {
  evening.only(lock({1, 2, 3}, "a"));
  evening.only(lock({3, 4}, "b"));  // refused: 3 is taken
  evening.only(lock({1, 2, 3}, "a"));
  evening.only(ReleaseSeats{ShowId(1), seats({3}), "a"});
  evening.only(lock({3, 4}, "b"), bobs);
  evening.then(minutes(6));
  evening.only(lock({1}, "a"));  // refused: "a" has just let it lapse
}

// Bookings 1 to 6: paid, failed, expired and paid late, taken meanwhile, cancelled, pending.
void bookings(Evening& evening) {
  evening.does(lock({1, 2}, "c"));
  evening.does(book({1, 2}, "c"));
  evening.does(pay(1, 2));
  evening.then(seconds(2));
  evening.only(pay(1, 2));  // repeated
  evening.only(says(1, true), gateway);
  evening.only(says(1, true), gateway);   // repeated
  evening.only(says(1, false), gateway);  // refused: it is settled

  evening.does(book({3}));
  evening.does(pay(2, 1));
  evening.then(seconds(2));
  evening.only(says(2, false), gateway);

  evening.does(book({4}));
  evening.does(book({5}));
  evening.does(pay(3, 1));
  evening.does(pay(4, 1));
  evening.then(minutes(13));  // both expire
  evening.does(book({5}), bobs);
  evening.then(seconds(1));
  evening.only(says(3, true), gateway);  // late, its seat is free
  evening.only(says(4, true), gateway);  // late, its seat is taken: refund

  evening.only(CancelBooking{BookingId(3)}, admin);  // paid: refund
  evening.only(CancelBooking{BookingId(5)}, bobs);   // refused: it is ann's
  evening.only(book({6}));
}

}  // namespace

void write_golden_workload(engine::log::EventLog& log) {
  Evening evening(log);
  opens(evening);
  locks(evening);
  bookings(evening);
}

}  // namespace boxoffice::tests
