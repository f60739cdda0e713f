// The directory where snapshots are kept: one file each, named by its position, the newest three.
//
// A file gets its name only once it is whole and on disk, so a crash leaves at most a `.tmp` file,
// which the next write removes.
//
// Threads: one at a time; another process may read at the same time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "engine/snapshot.h"

namespace boxoffice::engine {

inline constexpr std::size_t snapshots_kept = 3;

struct SnapshotFile {
  std::filesystem::path path;
  Position position;
  std::uintmax_t size_bytes = 0;
};

class SnapshotStore {
 public:
  explicit SnapshotStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// All snapshots, newest first; empty when there is no directory. Faults: `io`.
  Result<std::vector<SnapshotFile>> list() const;

  /// Faults: as decode_snapshot, naming the file; `io`.
  static Result<Snapshot> load(const std::filesystem::path& path);

  /// The newest snapshot that is sound and of this log; nothing when there is none. `skipped` is
  /// told why each newer one is not. Faults: `io`, or those of the log.
  Result<std::optional<Snapshot>> newest(const log::EventLog& log,
                                         const std::function<void(const Fault&)>& skipped) const;

  /// Writes the snapshot, durable on return, and removes all but the newest `snapshots_kept`.
  /// Faults: `no_space`, `io`.
  Result<SnapshotFile> write(const Snapshot& snapshot);

 private:
  std::filesystem::path directory_;
};

/// Success when `log` has a frame that ends where the snapshot does, with the snapshot's chain
/// hash. FaultKind::corrupt otherwise: it is of another log, or of an end that this one lost.
Result<void> check_is_of_log(const Snapshot& snapshot, const log::EventLog& log);

}  // namespace boxoffice::engine
