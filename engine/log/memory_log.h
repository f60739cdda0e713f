// An event log in memory, for tests and benchmarks: the same frames, chain and checks as on disk,
// and faults on demand.
//
// Threads: as EventLog; the demands for faults from any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

class MemoryLog : public EventLog {
 public:
  /// `logic_version` is written into every frame.
  explicit MemoryLog(std::uint32_t logic_version = 0) : logic_version_(logic_version) {}

  AppendOutcome append(const FrameDraft& draft) override;
  Head head() const override;
  std::unique_ptr<FrameCursor> read(Position from) const override;

  /// The `nth` append from now on (1: the next) fails with `status`, and so does every later one.
  void fail_append(std::uint64_t nth, AppendStatus status = AppendStatus::unknown);

  /// From now on, append() waits for release_appends(): the slow disk of a pipeline's test.
  void hold_appends();
  void release_appends();
  /// Returns when an append is being held. REQUIRES: hold_appends() was called.
  void wait_for_held_append();

 private:
  struct Stored {
    Position first;
    std::vector<std::uint8_t> bytes;
  };
  class Cursor;

  const std::uint32_t logic_version_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<const Stored>> frames_;
  Head head_;
  std::uint64_t appends_ = 0;
  std::optional<std::uint64_t> fails_from_;  // the first append (by number) that fails
  AppendStatus fails_with_ = AppendStatus::unknown;
  bool hold_ = false;
  bool holding_ = false;
};

}  // namespace boxoffice::engine::log
