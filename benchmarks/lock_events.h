// The events that benchmarks write and read: seat locks as a busy evening brings them, three seats
// each, with a uuid as session and a request id.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "events/codec.h"

namespace boxoffice::benchmarks {

inline constexpr Instant log_time{1'718'481'600'000'000};

/// One frame of `count` locks from `first`.
inline std::vector<events::Event> lock_events(Position first, std::uint32_t count) {
  std::vector<events::Event> out(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t n = first.value + i;
    const auto seat = static_cast<std::uint32_t>(n % 100'000 + 1);
    events::Event& event = out[i];
    event.position = event.command = Position(n);
    event.time = log_time;
    event.actor = {events::ActorKind::user, UserId(static_cast<std::uint32_t>(n % 5000 + 1))};
    event.cause = fmt::format("{:016x}", n * 0x9E3779B97F4A7C15);
    event.body = events::SeatsLocked{ShowId(static_cast<std::uint32_t>(n % 300 + 1)),
                                     {SeatId(seat), SeatId(seat + 1), SeatId(seat + 2)},
                                     fmt::format("3f2b8c1e-0000-4000-8000-{:012x}", n),
                                     event.actor.user_id,
                                     log_time,
                                     log_time + std::chrono::minutes(5)};
  }
  return out;
}

/// The bytes of that frame.
inline std::vector<std::uint8_t> encode(const std::vector<events::Event>& frame) {
  events::FrameEncoder encoder;
  for (const events::Event& event : frame) encoder.add(event);
  std::vector<std::uint8_t> out;
  encoder.finish(log_time, out);
  return out;
}

}  // namespace boxoffice::benchmarks
