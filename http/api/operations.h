// What operators see of a running server and may ask of it. What it takes to do so is behind it
// (tools/operations.h): the API only carries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"

namespace boxoffice::http::api {

enum class RebuildState : std::uint8_t { waiting, running, done, failed };
BOOST_DESCRIBE_ENUM(RebuildState, waiting, running, done, failed)

/// The last rebuild, or verification, of a read model since the server started.
struct RebuildStatus {
  bool replaces = false;  ///< false: it only compares
  RebuildState state = RebuildState::waiting;
  Position position;         ///< folded up to here
  bool was_stopped = false;  ///< so there was nothing to compare with
  std::int64_t rows = 0;     ///< that were alike
  std::int64_t duration_ms = 0;
  std::optional<std::string> first_difference;
  std::optional<std::string> fault;  ///< why it failed
};
BOOST_DESCRIBE_STRUCT(RebuildStatus, (),
                      (replaces, state, position, was_stopped, rows, duration_ms, first_difference,
                       fault))

/// A read model beside the log.
struct ReadModelStatus {
  std::string name;
  std::uint32_t version = 0;
  Position position;
  std::int64_t behind_events = 0;      ///< the durable position's distance
  std::int64_t behind_ms = 0;          ///< since when it is behind; 0: it is not
  std::int64_t progress_ms = 0;        ///< since it last folded something
  std::optional<std::string> stopped;  ///< why it stopped
  std::optional<RebuildStatus> rebuild;
};
BOOST_DESCRIBE_STRUCT(ReadModelStatus, (),
                      (name, version, position, behind_events, behind_ms, progress_ms, stopped,
                       rebuild))

struct ReadModelList {
  std::vector<ReadModelStatus> projections;
};
BOOST_DESCRIBE_STRUCT(ReadModelList, (), (projections))

/// Threads: any.
class Operations {
 public:
  virtual ~Operations() = default;

  virtual std::vector<ReadModelStatus> read_models() = 0;

  enum class Asked { taken, busy, unknown };
  /// Makes the read model anew (`replaces`), or compares it with one made anew, in the background,
  /// one at a time. `busy`: another one is being worked on.
  virtual Asked begin_rebuild(std::string_view name, bool replaces) = 0;
};

}  // namespace boxoffice::http::api
