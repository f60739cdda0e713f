#include "tests/unit/engine/sequencer/random_world.h"

#include <algorithm>

#include "engine/engine.h"
#include "events/codec.h"
#include "tests/support/event_samples.h"
#include "tests/unit/engine/domain/state_text.h"

namespace boxoffice::tests {

using engine::SealedFrame;

namespace {

Fingerprint email(std::uint32_t user) { return fingerprint("user" + std::to_string(user)); }
std::string session(std::uint32_t number) { return "session-" + std::to_string(number); }

MovieFields any_movie() {
  return {.title = "Movie",
          .description = {},
          .duration_min = 90,
          .genre = "Drama",
          .rating = "PG",
          .poster_url = {},
          .release_date = {2024, 1, 1}};
}
TheatreFields a_hall_of(std::uint32_t seats) {
  return {.name = "Hall",
          .city = "City",
          .address = "Street",
          .total_seats = static_cast<std::int32_t>(seats),
          .layout = {static_cast<std::uint16_t>(seats)}};
}

// The show's seats as they are; a show that is gone is asked for all the same.
SeatId first_seat_of(const State& state, ShowId id) {
  const auto* show = find_or_null(state.shows, id);
  return show != nullptr ? show->first_seat : SeatId(1);
}

}  // namespace

RandomWorld::RandomWorld(const Ranges& ranges, RareEvents& rare)
    : ranges_(ranges),
      rules_{.lock_ttl_max = minutes(ranges.lock_minutes_max),
             .live_locks_per_owner_max = ranges.live_locks_max,
             .lock_cooldown = seconds(ranges.cooldown_s),
             .lock_proof_required = ranges.lock_proof_required,
             .open_access = ranges.open_access},
      rare_(rare),
      sequencer_({}, rules_),
      model_(rules_) {
  add(CreateMovie{any_movie()}, admin, {});
  add(CreateTheatre{a_hall_of(ranges.seats)}, admin, {});
  for (std::uint32_t i = 0; i < ranges.shows; ++i) {
    add(CreateShow{MovieId(1), TheatreId(1), show_day, eight, price}, admin, {});
  }
  for (std::uint32_t i = 1; i <= ranges.users; ++i) {
    add(register_user(++last_key_, email(i)), nobody, {});
  }
}

// ---- Drawing ------------------------------------------------------------------------------------

void RandomWorld::jump(Dice& dice) {
  if (!dice.percent(ranges_.time_jumps)) return;
  switch (dice.roll(8)) {
    case 0:  // exactly to what is due next, or a tick before it
      if (const auto next = next_deadline(sequencer_.state())) {
        clock_ = std::max(clock_, *next - tick * dice.roll(2));
      }
      return;
    case 1:
      clock_ = clock_ - seconds(dice.roll(60));  // a clock may be set back
      return;
    case 2: clock_ = clock_ + minutes(dice.roll(20)) + seconds(dice.roll(60)); return;
    case 3:
      if (dice.roll(20) == 0) clock_ = clock_ + idempotency_retention;
      return;
    default: clock_ = clock_ + seconds(dice.roll(180));
  }
}

std::vector<SeatId> RandomWorld::draw_seats(Dice& dice, ShowId show) {
  const std::uint32_t first = first_seat_of(sequencer_.state(), show).value;
  const std::uint32_t count = dice.roll(12) == 0 ? dice.roll(12) : 1 + dice.roll(3);
  const std::uint32_t from = dice.roll(ranges_.seats);
  const bool odd_ones = dice.roll(40) == 0;  // of another show, or repeated
  std::vector<SeatId> drawn;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t offset = odd_ones ? from + i / 2 : (from + i) % ranges_.seats;
    if (!odd_ones && i >= ranges_.seats) break;
    drawn.emplace_back(first + offset);
  }
  return drawn;
}

Command RandomWorld::draw_payment(Dice& dice) {
  const State& state = sequencer_.state();
  const BookingId booking(1 + dice.roll(std::max(1U, state.next_booking.value)));
  switch (dice.roll(5)) {
    case 0:
    case 1: {
      const auto* known = find_or_null(state.bookings, booking);
      const Money amount = known == nullptr || dice.roll(12) == 0 ? Money{1} : known->total;
      return pay(booking, amount, ++transactions_);
    }
    case 2: return CancelBooking{booking};
    default: {
      RecordPaymentResult result = says_paid(
          static_cast<std::uint8_t>(1 + dice.roll(std::max<std::uint32_t>(1, transactions_))));
      result.succeeded = dice.roll(3) != 0;
      result.drawn = dice.roll(8) == 0;
      return result;
    }
  }
}

Command RandomWorld::draw_catalogue(Dice& dice) {
  const State& state = sequencer_.state();
  const ShowId show(1 + dice.roll(state.next_show.value));
  const MovieId movie(1 + dice.roll(state.next_movie.value));
  const TheatreId theatre(1 + dice.roll(state.next_theatre.value));
  switch (dice.roll(9)) {
    case 0: return CreateMovie{any_movie()};
    case 1: return DeleteMovie{movie};
    case 2: return CreateTheatre{a_hall_of(ranges_.seats)};
    case 3: return ChangeTheatre{theatre, a_hall_of(1 + dice.roll(ranges_.seats))};
    case 4: return DeleteTheatre{theatre};
    case 5: return ChangeShow{show, {}, {}, Money{100 * (1 + dice.roll(30))}};
    case 6: return ChangeShow{show, {}, TimeOfDay{static_cast<std::int32_t>(dice.roll(3600))}, {}};
    case 7: return DeleteShow{show};
    default: return CreateShow{movie, theatre, show_day, eight, price};
  }
}

Command RandomWorld::draw(Dice& dice, const events::Actor& actor) {
  if (dice.percent(ranges_.catalogue)) return draw_catalogue(dice);
  const State& state = sequencer_.state();
  const ShowId show(1 + dice.roll(dice.roll(30) == 0 ? state.next_show.value : ranges_.shows));
  const std::uint32_t kind = dice.roll(20);
  const std::string of = session(dice.roll(ranges_.sessions));
  if (kind < 6) return LockSeats{show, draw_seats(dice, show), of};
  if (kind < 7) return ReleaseSeats{show, draw_seats(dice, show), of};
  if (kind < 11) {
    const bool own = actor.user_id && dice.roll(4) != 0;
    const std::uint32_t payer =
        own ? actor.user_id.value : 1 + dice.roll(ranges_.users + (dice.roll(20) == 0 ? 1 : 0));
    return CreateBooking{show, draw_seats(dice, show), email(payer),
                         dice.roll(2) == 0 ? of : std::string()};
  }
  if (kind < 18) return draw_payment(dice);
  if (kind < 19) {
    if (dice.roll(6) == 0) return EraseUser{UserId(dice.roll(6))};
    return register_user(++last_key_, email(1 + dice.roll(5)));
  }
  return LogIn{UserId(dice.roll(6)), dice.roll(2) == 0};
}

std::string RandomWorld::step(std::uint64_t number) {
  Dice dice{number};
  jump(dice);
  events::Actor actor = nobody;
  if (dice.percent(ranges_.tokens)) actor = user(1 + dice.roll(ranges_.users));
  if (dice.roll(25) == 0) actor = admin;
  const bool by_gateway = dice.roll(2) == 0;
  std::optional<events::Idempotency> idempotency;
  if (dice.percent(ranges_.keys)) {
    idempotency = key(static_cast<std::uint8_t>(dice.roll(6)), dice.roll(8) == 0 ? 2 : 1);
  }
  const bool seals = dice.roll(3) == 0;
  const Command command = draw(dice, actor);
  if (by_gateway && std::holds_alternative<RecordPaymentResult>(command)) actor = gateway;
  std::string wrong = add(command, actor, idempotency);
  if (wrong.empty() && seals) wrong = seal();
  return wrong;
}

// ---- Doing and checking -------------------------------------------------------------------------

std::string RandomWorld::add(const Command& command, const events::Actor& actor,
                             std::optional<events::Idempotency> idempotency) {
  if (!sequencer_.has_work()) frame_time_ = std::max(clock_, sequencer_.state().now);
  sequencer_.open(clock_);
  model_.let_time_pass(frame_time_);

  Expected expected{.command = command, .actor = actor, .first = {}};
  std::erase_if(kept_,
                [&](const Kept& kept) { return frame_time_ - kept.at >= idempotency_retention; });
  const auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) {
    return idempotency && k.key.key == idempotency->key;
  });
  if (kept == kept_.end()) {
    expected.accepted = model_.accepts(command, actor, frame_time_);
  } else if (kept->key.request == idempotency->request) {
    expected.kind = Reply::Kind::replayed;
    expected.first = kept->first;
    ++rare_["repeated key"];
  } else {
    ++rare_["reused key"];
  }
  expected_.push_back(expected);

  Submission one = submission(command, sink_);
  one.actor = actor;
  one.idempotency = idempotency;
  const Position before = sequencer_.state().position;
  sequencer_.add(std::move(one));
  if (idempotency && kept == kept_.end()) {
    const auto* outcome = find_or_null(sequencer_.state().idempotency, idempotency->key);
    if (outcome == nullptr || outcome->first <= before) return "a key was not kept";
    kept_.push_back({.key = *idempotency, .at = frame_time_, .first = outcome->first});
  }
  return check_state();
}

std::string RandomWorld::check_state() const {
  std::string wrong;
  for (const auto& broken : broken_invariants(sequencer_.state())) wrong += broken + "\n";
  if (sequencer_.state().now > frame_time_) wrong += "the state is ahead of its frame\n";
  return wrong;
}

std::string RandomWorld::check_reply(const Expected& expected, const engine::PendingReply& reply,
                                     const events::Frame& frame) {
  if (reply.kind != expected.kind) return "a key was taken for another";
  if (reply.kind == Reply::Kind::replayed) {
    return reply.first == expected.first ? "" : "a repeated key got another answer";
  }
  const auto& first = frame.events.at(reply.first.value - frame.first().value).body;
  const auto* refused = std::get_if<events::CommandRefused>(&first);
  if ((refused == nullptr) == expected.accepted) return "";
  return "the engine says: " + text_of(first) +
         (expected.accepted ? "\nthe model accepts it" : "\nthe model refuses it") + ", by user " +
         std::to_string(expected.actor.user_id.value);
}

std::string RandomWorld::seal() {
  if (!sequencer_.has_work()) return "";
  const SealedFrame sealed = sequencer_.seal();
  const events::Frame& frame = *sealed.frame;
  if (sealed.replies.size() != expected_.size()) return "not everyone is answered once";
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    std::string wrong = check_reply(expected_[i], sealed.replies[i], frame);
    if (!wrong.empty()) return wrong;
  }
  expected_.clear();
  if (frame.events.empty()) return "";

  if (!all_events_.empty() && frame.time < all_events_.back().time) return "time went back";
  for (const auto& event : frame.events) {
    if (event.position.value != all_events_.size() + 1) return "positions have a gap";
    if (event.time != frame.time) return "an event is not of its frame's time";
    all_events_.push_back(event);
  }
  count_rare(frame);
  const auto outcome = log_.append({.first = frame.first(),
                                    .count = static_cast<std::uint32_t>(frame.events.size()),
                                    .time = frame.time,
                                    .digest = sealed.digest,
                                    .body = sealed.body});
  return outcome.status == AppendStatus::durable ? "" : "the log refused a frame";
}

void RandomWorld::count_rare(const events::Frame& frame) {
  for (const auto& event : frame.events) {
    if (const auto* refused = std::get_if<events::CommandRefused>(&event.body)) {
      const bool conflict =
          refused->command == CommandType::lock_seats && refused->reason == Refusal::seat_taken;
      if (conflict) ++rare_["lock conflict"];
      const bool live_locks_first = rules_.live_locks_per_owner_max < rules_.seats_per_owner_max;
      if (refused->reason == Refusal::quota_exceeded) {
        ++rare_[live_locks_first ? "live locks hit" : "quota hit"];
      }
      if (refused->reason == Refusal::cooling_down) ++rare_["cooling down"];
    } else if (const auto* lapsed = std::get_if<events::BookingExpired>(&event.body)) {
      const bool was_paying =
          static_cast<bool>(sequencer_.state().bookings.at(lapsed->booking_id).payment_id);
      if (was_paying) ++rare_["expiry during payment"];
    } else if (const auto* confirm = std::get_if<events::BookingConfirmed>(&event.body)) {
      if (confirm->late) ++rare_["late re-seat"];
    } else if (std::holds_alternative<events::RefundRequested>(event.body)) {
      const auto& before = all_events_.at(event.position.value - 2).body;
      if (std::holds_alternative<events::PaymentSucceeded>(before)) ++rare_["late refund"];
    } else if (const auto* lock = std::get_if<events::SeatsLocked>(&event.body)) {
      if (lock->until < event.time + rules_.lock_ttl) ++rare_["renewal cap"];
    }
  }
}

std::string RandomWorld::finish() {
  std::string wrong = seal();
  if (!wrong.empty()) return wrong;
  std::size_t at = 0;
  bool same = true;
  const auto replayed = engine::replay(log_, [&](const events::Frame& frame) -> Result<void> {
    for (const auto& event : frame.events) same = same && same_event(event, all_events_.at(at++));
    return success();
  });
  if (!replayed.has_value()) return replayed.error().text;
  if (!same || at != all_events_.size()) return "the bytes are not the events";
  const std::string expected = text_of(sequencer_.state());
  const std::string actual = text_of(replayed.value());
  return expected == actual ? "" : "replay differs:\n" + expected + "\n---\n" + actual;
}

}  // namespace boxoffice::tests
