// Frames with their events, read ahead: a thread of its own fetches, checks and decodes them while
// the caller still works on those before. Replay needs both halves about equally.
//
// Threads: one caller.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "events/events.h"

namespace boxoffice::engine {

struct ReadFrame {
  log::StoredFrame stored;
  events::Frame frame;
};

class FrameReader {
 public:
  /// Ends before the first frame whose events are all after `to`, without looking into it.
  explicit FrameReader(std::unique_ptr<log::FrameCursor> cursor,
                       Position to = Position(~std::uint64_t{0}));
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// The next frame, good until the next call; null at the end. Faults: the cursor's;
  /// `newer_format`, `corrupt` for events that cannot be decoded. The frames before it came first.
  Result<const ReadFrame*> next();

 private:
  void read();
  std::optional<Fault> read_one(ReadFrame& into, bool& at_end);

  // Each side wakes the other only when it has work for a while: a switch costs more than a frame.
  // More than these would not stay in a core's cache.
  static constexpr std::uint64_t slots = 8;

  const std::unique_ptr<log::FrameCursor> cursor_;
  const Position to_;
  std::array<ReadFrame, slots> ring_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;  // so many frames were read
  std::uint64_t freed_ = 0;   // so many of them are not used any more
  bool ended_ = false;        // none will follow
  std::optional<Fault> fault_;
  bool stopping_ = false;

  std::uint64_t given_ = 0;  // the caller's: so many were handed out
  std::uint64_t seen_ = 0;   // the caller's: filled_, as it last looked
  std::thread thread_;
};

}  // namespace boxoffice::engine
