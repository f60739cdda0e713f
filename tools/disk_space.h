// What keeps a full disk from harming the log: RocksDB, when it runs out of space, may stop in the
// middle of what it does, and cannot be opened again before there is some.
//
// Below the limit the API takes no more commands (503) and goes on answering reads; the engine's
// own small writes (locks and bookings that expire) still have the room that is left. The ballast
// is a file that a person can delete to get the house going again when there is nothing else to
// delete; nothing here ever deletes it, for that would only put off the same trouble.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace boxoffice::tools {

/// The same at every opening (engine/log/rocksdb_log.h) and while running.
inline constexpr std::uint64_t free_space_min_bytes = 128 << 20;

/// Whether there is room. Asks the operating system at most every 100 ms. Threads: any.
class DiskSpace {
 public:
  DiskSpace(std::filesystem::path directory, std::uint64_t min_bytes)
      : directory_(std::move(directory)), min_bytes_(min_bytes) {}

  bool is_low();

 private:
  const std::filesystem::path directory_;
  const std::uint64_t min_bytes_;
  std::atomic<std::chrono::steady_clock::rep> next_look_{0};
  std::atomic<bool> low_{false};
};

/// Makes `path` a file of `bytes` whose room is really taken, unless it is there already, or there
/// is not room for it and `free_space_min_bytes` beside it. Faults: `no_space` (not made, for that
/// reason), `io`.
Result<void> lay_ballast(const std::filesystem::path& path, std::uint64_t bytes);

}  // namespace boxoffice::tools
