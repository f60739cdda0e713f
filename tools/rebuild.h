// Makes a read model anew from the log while it goes on answering, and compares the two.
//
//   read the log, fold, load in sorted files       the house folds and answers as ever
//   catch up with the frames since                 folding waits for the last few
//   attached: both are folded                      ... and goes on
//   compare all rows as of that moment
//   take its place                                 folding waits for a pointer to change
//
// Given up at any point, the rows that answer are as they were.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "projections/read_models.h"

namespace boxoffice::tools {

enum class RebuildMode : std::uint8_t {
  replace,  ///< the one made anew takes the place of the other
  verify,   ///< it is dropped once both were compared
};
BOOST_DESCRIBE_ENUM(RebuildMode, replace, verify)

struct RebuildReport {
  std::string name;
  RebuildMode mode = RebuildMode::replace;
  std::uint32_t version = 0;
  Position position;       ///< where both were compared
  std::uint64_t rows = 0;  ///< that are alike
  std::optional<std::string> first_difference;
  bool was_stopped = false;  ///< so there was nothing to compare with
  std::uint64_t duration_ms = 0;
};
BOOST_DESCRIBE_STRUCT(RebuildReport, (),
                      (name, mode, version, position, rows, first_difference, was_stopped,
                       duration_ms))

/// No read model knows more than the log, which ends at `last`. Each is looked at: they need not be
/// at one position when one had stopped. Fault: `corrupt`.
Result<void> check_not_ahead(const projections::ReadModels& models, Position last);

/// What a rebuild works on. All of it outlives the rebuild.
struct RebuildSite {
  projections::ReadModels& models;
  const engine::log::EventLog& log;
  std::mutex& folding;  ///< held by whoever folds a frame into `models`
};

/// Called again and again with the position that was reached; a fault of its own gives up.
using RebuildWatch = std::function<Result<void>(Position at)>;

/// Faults: `not_found` (no such read model), `differs` (mode verify: the rows are not what the log
/// says, or end where the read model stopped; see the report), `corrupt` (the log cannot be read,
/// or the read model cannot fold it), and those of the store. Threads: any but the folding one.
Result<void> rebuild(const RebuildSite& site, std::string_view name, RebuildMode mode,
                     const RebuildWatch& watch, RebuildReport& report);

}  // namespace boxoffice::tools
