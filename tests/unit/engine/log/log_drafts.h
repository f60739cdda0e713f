// Frames to append in the tests of logs.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

/// What a frame was made of, to compare with what is read back. `body` need not be events: a log
/// does not look inside.
struct Drafted {
  Position first;
  std::uint32_t count = 0;
  Instant time;
  StateDigest digest;
  std::vector<std::uint8_t> body;

  FrameDraft draft() const { return {first, count, time, digest, body}; }
};

/// The frame that follows `after`, its content drawn from its position.
Drafted draft_after(Position after, std::uint32_t count, std::size_t body_bytes = 100);

/// Appends frames of 1, 2, 3, … events; expects each to be durable.
std::vector<Drafted> append_frames(EventLog& log, std::uint32_t frames);

/// All frames from `from` on; a fault fails the test.
std::vector<StoredFrame> read_frames(const EventLog& log, Position from = Position(1));

/// The fault that a cursor from the beginning stops with, and how many frames came before it.
struct Stop {
  std::size_t frames = 0;
  Fault fault;
};
Stop read_to_fault(const EventLog& log, Position from = Position(1));

}  // namespace boxoffice::engine::log
