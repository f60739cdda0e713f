// A log in memory, told command by command: what the auditors' tools are tested on.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/domain/digest.h"
#include "engine/log/memory_log.h"
#include "events/codec.h"
#include "events/events.h"
#include "tests/support/personal.h"
#include "tests/support/silence.h"
#include "tools/audit/checked_replay.h"

namespace boxoffice::tools::audit {

inline constexpr Instant noon{1'718'452'800'000'000};  // 2024-06-15T12:00:00Z

/// Each frame holds one command, a second after the one before it.
class Story {
 public:
  using Bodies = std::vector<events::EventBody>;

  explicit Story(std::uint32_t logic_version = 1) : log_(logic_version) {}

  /// Appends one frame of one command. Returns the position of its first event.
  Position happens(const Bodies& bodies, const std::string& cause = {},
                   const events::Actor& actor = {}) {
    return happens_at(noon + std::chrono::seconds(++second_), bodies, cause, actor);
  }

  Position happens_at(Instant time, const Bodies& bodies, const std::string& cause = {},
                      const events::Actor& actor = {}) {
    const Position first = log_.head().last.next();
    events::FrameEncoder encoder;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      encoder.add(events::Event{.position = Position(first.value + i),
                                .command = first,
                                .time = time,
                                .actor = actor,
                                .cause = cause,
                                .idempotency = {},
                                .body = bodies[i]});
    }
    std::vector<std::uint8_t> body;
    encoder.finish(time, body);
    const auto outcome = log_.append({.first = first,
                                      .count = static_cast<std::uint32_t>(bodies.size()),
                                      .time = time,
                                      .digest = digest_after(body),
                                      .body = body});
    EXPECT_EQ(outcome.status, engine::log::AppendStatus::durable);
    return first;
  }

  /// A movie, a theatre of one row of three seats, a show of it (seats 1 to 3), two users.
  void opens() {
    happens({events::MovieCreated{MovieId(1), "Alien", {}, 117, "Horror", "R", {}, {}}});
    happens({events::TheatreCreated{TheatreId(1), "Rex", "Paris", "1 Rue", 3, {3}, true}});
    happens({events::ShowCreated{
        ShowId(1), MovieId(1), TheatreId(1), {}, {}, Money{1000}, SeatId(1), {3}}});
    happens({tests::user_registered(UserId(1), tests::fingerprint("ann"))});
    happens({tests::user_registered(UserId(2), tests::fingerprint("bob"))});
  }

  const engine::log::EventLog& log() const { return log_; }

  /// The frames from now on record another state than the one that they lead to.
  void records_another_state() { digest_lie_ = 1; }

 private:
  // What an engine would record; anything, after what no engine would write.
  StateDigest digest_after(const std::vector<std::uint8_t>& body) {
    const auto frame = events::decode_frame(body).value();
    engine::log::StoredFrame stored;
    stored.first = frame.first();
    stored.count = static_cast<std::uint32_t>(frame.events.size());
    static_cast<void>(replay_.apply(stored, frame));
    StateDigest digest = engine::domain::digest_of(replay_.state());
    digest.bytes[0] = static_cast<std::uint8_t>(digest.bytes[0] ^ digest_lie_);
    return digest;
  }

  CheckedReplay replay_;
  std::uint8_t digest_lie_ = 0;
  engine::log::MemoryLog log_;
  int second_ = 0;
};

inline events::SeatsLocked locked(std::vector<SeatId> seats, std::string session) {
  return {ShowId(1),
          std::move(seats),
          std::move(session),
          UserId(),
          noon,
          noon + std::chrono::minutes(5)};
}

inline events::BookingCreated booked(BookingId id, std::vector<SeatId> seats) {
  const auto total = Money{1000} * static_cast<std::int64_t>(seats.size());
  return {id,    UserId(1), ShowId(1), std::move(seats), total, noon + std::chrono::minutes(15),
          false, {}};
}

inline events::PaymentInitiated initiated(PaymentId id, BookingId booking, Money amount) {
  Uuid transaction;
  transaction.bytes[0] = static_cast<std::uint8_t>(id.value);
  return {id, booking, amount, "credit_card", transaction, noon + std::chrono::minutes(15)};
}

using tests::Silence;

}  // namespace boxoffice::tools::audit
