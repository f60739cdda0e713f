// Writes the head mark behind the log, on a thread of its own, so that no append ever waits for it.
//
// When the log rests, both slots are brought to its end, so that the loss of either one takes
// nothing away.
//
// Invariants: a mark is never ahead of what advance() was told, and at most `head_mark_interval`
// and one write behind it. Threads: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "engine/log/head_mark.h"

namespace boxoffice::engine::log {

/// Half of what is promised (100 ms), so that a slow write still keeps it.
inline constexpr std::chrono::milliseconds head_mark_interval{50};

class HeadKeeper {
 public:
  /// `marked`: what the newest mark says. `on_fault`, if any, is called once, from its own thread,
  /// when a mark could not be written.
  HeadKeeper(std::unique_ptr<HeadMarkWriter> writer, const Head& marked,
             std::function<void(const Fault&)> on_fault = {});
  /// Writes the last head to both slots, if it can.
  ~HeadKeeper();
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;

  /// The log is durable up to `head`. Does not wait for the disk.
  void advance(const Head& head);

  /// Of the first mark that could not be written; none is tried after it.
  std::optional<Fault> failure() const;

 private:
  void run();

  const std::unique_ptr<HeadMarkWriter> writer_;
  const std::function<void(const Fault&)> on_fault_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable head_moved_;
  std::condition_variable stops_;
  Head head_;
  Head written_;
  int slots_written_ = 1;  // that say `written_`
  bool stopping_ = false;
  std::optional<Fault> failure_;
  std::thread thread_;
};

}  // namespace boxoffice::engine::log
