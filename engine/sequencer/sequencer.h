// The sequencer's logic without its threads: commands in, frames out.
//
// One frame is open at a time. Each submission is decided against the state, its events get the
// next positions, are applied at once and encoded into the frame. All of a frame has one log time.
// Deterministic: the same submissions at the same times give the same bytes.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/domain/decide.h"
#include "engine/domain/evolve.h"
#include "engine/sequencer/submission.h"
#include "events/codec.h"

namespace boxoffice::engine {

/// A reply that waits for its frame to be durable.
struct PendingReply {
  ReplyTo to;
  Reply::Kind kind = Reply::Kind::done;
  Position first{};
  Position last{};
  CommandTimes times{};
};

/// A frame ready for the log. `frame->events` is empty when nothing but repeated keys came in.
struct SealedFrame {
  std::shared_ptr<events::Frame> frame;
  StateDigest digest;              ///< of the state after it
  std::vector<std::uint8_t> body;  ///< its encoded bytes; empty when it has no events
  std::vector<PendingReply> replies;
  CommandTimes times{};  ///< from `sealed` on, for all replies
};

class Sequencer {
 public:
  /// Frames larger than this are closed: a sync of 1 MiB takes a few milliseconds, and beyond some
  /// thousand events larger batches no longer raise the rate.
  static constexpr std::size_t frame_events_max = 8'192;
  static constexpr std::size_t frame_bytes_max = 1 << 20;

  Sequencer(domain::State state, const domain::Rules& rules);

  /// Opens a frame at time `now` if none is open (a clock that went back counts as standing still),
  /// and lets expire what is due then.
  void open(Instant now);

  /// Decides one submission. REQUIRES: open() was called since the last seal().
  void add(Submission&& submission);

  /// The submission will not be decided. REQUIRES: as add().
  void pass_over(const Submission& submission);

  /// Notes when those were taken and decided that were added since the last call.
  void note_times(CommandTimes::Time taken, CommandTimes::Time decided);

  bool has_work() const { return !frame_->events.empty() || !replies_.empty(); }
  bool is_full() const {
    return encoder_.count() >= frame_events_max || encoder_.size_bytes() >= frame_bytes_max;
  }

  /// Closes the frame. REQUIRES: has_work().
  SealedFrame seal();

  const domain::State& state() const { return state_; }

 private:
  void expire_what_is_due();
  // The last events of the submission take its cause with them.
  void append(std::vector<events::EventBody> bodies, Submission& submission);
  void append(events::EventBody&& body, Position command, const Submission& submission,
              std::string&& cause);
  void reply_later(const PendingReply& reply);

  domain::State state_;
  domain::Rules rules_;
  events::FrameEncoder encoder_;
  std::shared_ptr<events::Frame> frame_ = std::make_shared<events::Frame>();
  std::vector<PendingReply> replies_;
  std::size_t timed_ = 0;  // replies that note_times() has seen
  bool open_ = false;
};

}  // namespace boxoffice::engine
