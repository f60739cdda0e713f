// Read models that a new version of the program makes before it takes over, beside the old one that
// still serves: the log is only read, and the rows go into a store of their own, `read.next/`. The
// start that finds them there puts them in the place of `read/` and has only the last events to
// fold.
//
//   old program   serves ───────────────────────────────────┐ stops
//   new program      prepare: read.next/ <── log            └─> start: read.next/ is read/
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "projections/read_models.h"

namespace boxoffice::tools {

/// Called with each position that was folded, and where the log ends for now.
using FoldWatch = std::function<void(Position at, Position end)>;

/// Folds what `log` has and `models` have not seen, in bulk. Nobody asks them meanwhile. Faults:
/// `corrupt` when they know more than the log, or those of reading and folding.
Result<void> fold_to_end(const engine::log::EventLog& log, projections::ReadModels& models,
                         const FoldWatch& watch);

/// Makes the read models of this program beside those of `data`, or goes on where an earlier call
/// was interrupted, until little of the log is left. Gives the position that they are at.
/// Faults: as fold_to_end(), `locked` when another process prepares them.
Result<Position> prepare_models(const std::filesystem::path& data, const FoldWatch& watch);

/// Puts prepared read models in the place of those of another version, or of damaged ones; of no
/// use, they are removed. Gives their position when they were put there. Those of another program,
/// those that cannot be opened, those that know more than the log, which ends at `end`, and those
/// that a process is at work on, stay where they are.
/// Interrupted at any point, the next call goes on. Fault: `io`.
/// REQUIRES: no other process can open `data` to serve it.
Result<std::optional<Position>> adopt_prepared_models(const std::filesystem::path& data,
                                                      Position end);

}  // namespace boxoffice::tools
