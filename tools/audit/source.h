// The log that an audit reads: found, opened read-only, walked.
//
// Every tool here goes through the log once or twice, frame by frame, and keeps nothing of it but
// what it was asked for (or the domain's state): memory does not grow with the log.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "events/events.h"
#include "tools/progress.h"

namespace boxoffice::tools::audit {

/// Positions from `from` to `to`, both included.
struct Range {
  Position from{1};
  Position to{~std::uint64_t{0}};

  bool contains(Position p) const { return from <= p && p <= to; }
};

/// `directory` is a data directory (with `log/` in it) or a log directory itself. Works beside the
/// process that writes, and sees what was there at this moment. Faults: as open_rocksdb_log.
Result<std::unique_ptr<engine::log::EventLog>> open_log(const std::filesystem::path& directory);

/// What became of one step of a walk.
enum class Step { go_on, stop };
using Visit = std::function<Result<Step>(const engine::log::StoredFrame&, const events::Frame&)>;

/// Shows `visit` every frame that has an event in `range`, in order, each one checked: bytes,
/// chain, order, and its events decoded. Faults: `corrupt`, `newer_format`, `io`, or the visit's.
Result<void> walk(const engine::log::EventLog& log, const Range& range, Progress& progress,
                  const Visit& visit);

/// The same event by event, within `range` exactly.
Result<void> walk_events(const engine::log::EventLog& log, const Range& range, Progress& progress,
                         const std::function<Result<void>(const events::Event&)>& visit);

/// `out` took everything. Fault: `io`, when it was closed or is full.
Result<void> check_written(std::ostream& out);

}  // namespace boxoffice::tools::audit
