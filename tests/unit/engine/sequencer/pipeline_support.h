// What stands around a pipeline in its tests: a clock that is set by hand, a sink that collects
// replies and a listener that collects frames, both of which can be waited for.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/log/memory_log.h"
#include "engine/sequencer/pipeline.h"
#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {

using engine::FrameListener;
using engine::Pipeline;
using engine::PipelineOptions;
using engine::Reply;
using engine::ReplySink;
using engine::Submission;
using engine::Wake;
using engine::log::AppendStatus;
using engine::log::MemoryLog;

class ManualClock : public Clock {
 public:
  Instant now() override { return Instant{us_.load()}; }
  void set(Instant t) { us_.store(t.us); }

 private:
  std::atomic<std::int64_t> us_{noon.us};
};

class CollectingSink : public ReplySink {
 public:
  void deliver(std::vector<Reply> replies) override {
    const std::lock_guard lock(mutex_);
    for (Reply& reply : replies) replies_.push_back(std::move(reply));
    changed_.notify_all();
  }

  /// All replies so far, once there are `count`.
  std::vector<Reply> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return replies_.size() >= count; });
    return replies_;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return replies_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reply> replies_;
};

class CollectingListener : public FrameListener {
 public:
  Result<void> on_frame(const events::Frame& frame) override {
    std::unique_lock lock(mutex_);
    frames_.push_back(frame);
    changed_.notify_all();
    if (frames_.size() != fails_at_) return success();
    changed_.wait(lock, [this] { return !fault_is_held_; });
    return fault(FaultKind::io, "the read models are broken");
  }

  /// `held`: it takes until release_fault() to find out.
  void fail_at(std::size_t nth_frame, bool held = false) {
    const std::lock_guard lock(mutex_);
    fails_at_ = nth_frame;
    fault_is_held_ = held;
  }
  void release_fault() {
    const std::lock_guard lock(mutex_);
    fault_is_held_ = false;
    changed_.notify_all();
  }

  std::vector<events::Frame> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return frames_.size() >= count; });
    return frames_;
  }
  std::vector<events::Frame> frames() {
    const std::lock_guard lock(mutex_);
    return frames_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<events::Frame> frames_;
  std::size_t fails_at_ = 0;
  bool fault_is_held_ = false;
};

inline Submission submission(Command command, ReplySink& sink, std::uint64_t token = 0) {
  return {.command = std::move(command), .reply_to = {.sink = &sink, .token = token}};
}

inline events::Idempotency key(std::uint8_t number, std::uint8_t request = 1) {
  events::Idempotency idempotency;
  idempotency.key.bytes.fill(number);
  idempotency.request.bytes.fill(request);
  return idempotency;
}

/// Returns once the pipeline has decided `count` commands in all.
inline void wait_until_decided(const Pipeline& pipeline, std::uint64_t count) {
  while (pipeline.counters().commands < count) std::this_thread::yield();
}

/// The commands that make the cinema of cinema.h: six events, positions 1 to 6.
inline std::vector<Command> opening_commands() {
  const MovieFields movie{"Joker", {}, 122, "Drama", "R", {}, {2019, 10, 4}};
  const TheatreFields theatre{"Rex", "Cologne", "Ring 1", 12, {8, 4}};
  const CreateShow show{MovieId(1), TheatreId(1), show_day, eight, price};
  return {CreateMovie{movie},          CreateTheatre{theatre},     show, show,
          register_user(1, ann_email), register_user(2, bob_email)};
}
inline constexpr std::uint64_t opening_events = 6;

}  // namespace boxoffice::tests
