// The files of a backup: segments of frames, each with a manifest, in a chain
// (docs/formats/backup.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "tools/progress.h"

namespace boxoffice::tools::backup {

/// A manifest as its JSON has it. Hashes are lower-case hexadecimal.
struct Manifest {
  std::string format = "boxoffice backup";
  std::int64_t version = 1;
  std::int64_t number = 0;     // of the segment, from 1
  std::string log;             // which log: the hash of its first frame
  std::int64_t first = 0;      // position of the first event
  std::int64_t last = 0;       // position of the last event
  std::int64_t frames = 0;     // at least 1
  std::string chain_before;    // hash of the frame before the first one
  std::string chain;           // hash of the last frame
  std::string log_time;        // of the last frame
  std::int64_t bytes = 0;      // of the segment file
  std::string segment_sha256;  // of the segment file
  std::string previous;        // SHA-256 of the manifest file before; zeros in the first
  std::string created;         // by the machine's clock
};
BOOST_DESCRIBE_STRUCT(Manifest, (),
                      (format, version, number, log, first, last, frames, chain_before, chain,
                       log_time, bytes, segment_sha256, previous, created))

/// All that a directory holds, in order. `manifests_hash`: of the last manifest file, or zero.
struct Backup {
  std::filesystem::path directory;
  std::vector<Manifest> segments;
  Sha256 manifests_hash;

  /// The end of the last segment.
  engine::log::Head head() const;
};

std::filesystem::path segment_path(const std::filesystem::path& directory, std::int64_t number);
std::filesystem::path manifest_path(const std::filesystem::path& directory, std::int64_t number);

/// Reads the manifests: each intact, in its place in the chain, its segment there and of its
/// length. The frames are not read. Faults: `corrupt` naming the file, `newer_format`, `io`.
Result<Backup> open_backup(const std::filesystem::path& directory);

/// Shows `visit` the segment's frames in order, as they are stored, and checks everything: the
/// file's hash, each frame, the chain, what the manifest says. Faults: `corrupt`, `newer_format`,
/// naming the file, `io`, or the visit's.
using Visit = std::function<Result<void>(const engine::log::StoredFrame& frame,
                                         std::span<const std::uint8_t> bytes)>;
Result<void> walk_segment(const Backup& backup, const Manifest& manifest, const Visit& visit);

/// Writes the frames from `cursor` as the next segment; nothing when there are none.
/// REQUIRES: they begin where the backup ends. Returns how many were written.
Result<std::uint64_t> add_segment(const Backup& backup, engine::log::FrameCursor& cursor,
                                  const std::string& created, Progress& progress);

}  // namespace boxoffice::tools::backup
