// The event log: an append-only, gapless, hash-chained sequence of frames.
//
// An interface, because a log may live in RocksDB on this machine, in memory for tests, or one day
// in a replicated store. tests/unit/engine/log/event_log_conformance.h is its contract; every
// implementation passes it.
//
// Threads: append() is called from one thread at a time; cursors and head() from any, concurrently.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace boxoffice::engine::log {

/// The end of the log: position of the last durable event (none when empty) and the hash of the
/// frame that holds it (zero when empty).
struct Head {
  Position last;
  Sha256 chain;

  bool operator==(const Head&) const = default;
};

/// A frame that is to be appended: the log adds hash chain and durable position.
struct FrameDraft {
  Position first;
  std::uint32_t count = 0;
  Instant time;
  StateDigest digest{};                ///< of the state after its events
  std::span<const std::uint8_t> body;  ///< events::FrameEncoder's bytes
};

/// A frame as it was read back, its checksum and its place in the chain verified.
struct StoredFrame {
  Position first;
  std::uint32_t count = 0;
  Instant time;
  StateDigest digest;
  Position durable_when_written;
  std::uint32_t logic_version = 0;
  Sha256 previous;
  Sha256 hash;
  std::vector<std::uint8_t> body;

  Position last() const { return Position(first.value + count - 1); }
};

/// What became of an append. Only `durable` may be acknowledged. After anything else the process
/// must stop: the frame may or may not be there after a restart.
enum class AppendStatus {
  durable,  ///< on stable storage
  fenced,   ///< another owner has the log: nothing was written
  unknown,  ///< it failed half way; `why` says how
};
struct AppendOutcome {
  AppendStatus status = AppendStatus::unknown;
  Fault why{};
};

/// Walks the frames in order. Stops with a Fault at the first frame that is damaged, out of the
/// chain or out of sequence; a clean end is an empty optional.
class FrameCursor {
 public:
  virtual ~FrameCursor() = default;
  virtual Result<std::optional<StoredFrame>> next() = 0;

  /// The frame that next() returned last, exactly as it is stored; valid until the next call.
  /// REQUIRES: it returned one.
  virtual std::span<const std::uint8_t> bytes() const = 0;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Appends and syncs one frame. REQUIRES: draft.first follows head().last; the count is not 0;
  /// no earlier append failed.
  virtual AppendOutcome append(const FrameDraft& draft) = 0;

  /// The last durable frame's end.
  virtual Head head() const = 0;

  /// Reads from the frame that holds `from` (or the first after it) to the head as of now.
  virtual std::unique_ptr<FrameCursor> read(Position from) const = 0;
};

}  // namespace boxoffice::engine::log
