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
#include "base/result.h"
#include "base/time.h"

namespace boxoffice {
BOOST_DESCRIBE_ENUM(FaultKind, io, no_space, locked, corrupt, newer_format, invalid, not_found,
                    unavailable, differs)
}  // namespace boxoffice

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
  std::optional<std::string> fault;     ///< why it failed
  std::optional<FaultKind> fault_kind;  ///< what kind of failure that is
};
BOOST_DESCRIBE_STRUCT(RebuildStatus, (),
                      (replaces, state, position, was_stopped, rows, duration_ms, first_difference,
                       fault, fault_kind))

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
  std::optional<std::string> next_start;  ///< what it does with it; not told of a running server's
};
BOOST_DESCRIBE_STRUCT(ReadModelStatus, (),
                      (name, version, position, behind_events, behind_ms, progress_ms, stopped,
                       rebuild, next_start))

struct ReadModelList {
  std::vector<ReadModelStatus> projections;
};
BOOST_DESCRIBE_STRUCT(ReadModelList, (), (projections))

// ---- Figures ------------------------------------------------------------------------------------
//
// One source of figures: `boxoffice status`, GET /api/admin/status and GET /metrics all show these.

/// How often which values came; the last count is of those above the last bound.
struct Distribution {
  std::vector<std::int64_t> bounds;
  std::vector<std::int64_t> counts;
  std::int64_t sum = 0;
};
BOOST_DESCRIBE_STRUCT(Distribution, (), (bounds, counts, sum))

/// Of a running engine, since the process started where nothing else is said.
struct EngineFigures {
  Position applied;
  Position durable;
  Position published;
  bool accepting = false;
  std::int64_t commands = 0;
  std::int64_t frames = 0;
  std::int64_t rejected = 0;  ///< commands, because the queue was full
  std::int64_t too_slow = 0;  ///< commands, because it did not move
  std::int64_t queue_depth = 0;
  std::int64_t queue_depth_max = 0;
  std::int64_t locks = 0;                   ///< held now
  std::int64_t seats_locked = 0;            ///< now
  std::int64_t seats_booked = 0;            ///< now
  std::int64_t pending_bookings = 0;        ///< now
  std::optional<std::int64_t> sync_p50_us;  ///< of the last minute or two; none: nothing came
  std::optional<std::int64_t> sync_p99_us;
  std::optional<std::int64_t> batch_p50;  ///< commands of a frame
  Distribution sync_us;                   ///< of each durable append to the log
  Distribution batch;
};
BOOST_DESCRIBE_STRUCT(EngineFigures, (),
                      (applied, durable, published, accepting, commands, frames, rejected, too_slow,
                       queue_depth, queue_depth_max, locks, seats_locked, seats_booked,
                       pending_bookings, sync_p50_us, sync_p99_us, batch_p50, sync_us, batch))

/// What was turned away, for one reason.
struct RejectFigures {
  std::string reason;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(RejectFigures, (), (reason, count))

/// Of a running server.
struct ServerFigures {
  Instant started;
  std::int64_t connections_open = 0;
  std::int64_t connections_max = 0;
  std::int64_t connections_total = 0;
  std::int64_t streams_open = 0;
  std::int64_t requests_total = 0;
  std::int64_t refused_total = 0;  ///< sum of `rejected`
  std::int64_t kept_bytes = 0;     ///< of requests and answers, beyond what each connection has
  std::vector<RejectFigures> rejected;  ///< by http::RejectReason: before it was a request
  std::int64_t answers_2xx = 0;
  std::int64_t answers_3xx = 0;
  std::int64_t answers_4xx = 0;
  std::int64_t answers_5xx = 0;
};
BOOST_DESCRIBE_STRUCT(ServerFigures, (),
                      (started, connections_open, connections_max, connections_total, streams_open,
                       requests_total, refused_total, kept_bytes, rejected, answers_2xx,
                       answers_3xx, answers_4xx, answers_5xx))

/// Of a route since the process started.
struct RouteFigures {
  std::string method;
  std::string route;  ///< its template; "none" for what no endpoint answers
  std::int64_t in_flight = 0;
  std::int64_t answers_2xx = 0;
  std::int64_t answers_3xx = 0;
  std::int64_t answers_4xx = 0;
  std::int64_t answers_5xx = 0;
  Distribution duration_us;  ///< from the request's last byte until its answer was made
};
BOOST_DESCRIBE_STRUCT(RouteFigures, (),
                      (method, route, in_flight, answers_2xx, answers_3xx, answers_4xx, answers_5xx,
                       duration_us))

struct StageFigures {
  std::string stage;  ///< http/api/traffic.h
  Distribution time_us;
};
BOOST_DESCRIBE_STRUCT(StageFigures, (), (stage, time_us))

/// Of what was asked; routes that were never asked are left out.
struct TrafficFigures {
  std::vector<RouteFigures> routes;
  std::vector<RejectFigures> rejects;
  std::vector<StageFigures> stages;
  std::int64_t lines_dropped = 0;  ///< of the access log
};
BOOST_DESCRIBE_STRUCT(TrafficFigures, (), (routes, rejects, stages, lines_dropped))

/// Of the disk that the data directory is on, and of the directory.
struct DiskFigures {
  std::int64_t free_bytes = 0;
  std::int64_t free_bytes_min = 0;  ///< below it commands are answered 503
  bool low = false;
  std::int64_t log_bytes = 0;
  std::int64_t read_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(DiskFigures, (), (free_bytes, free_bytes_min, low, log_bytes, read_bytes))

struct LastSnapshot {
  Instant time;
  Position position;
};
BOOST_DESCRIBE_STRUCT(LastSnapshot, (), (time, position))

struct LastBackup {
  Instant time;
  Position position;  ///< up to which it goes
  std::string directory;
};
BOOST_DESCRIBE_STRUCT(LastBackup, (), (time, position, directory))

struct LastVerify {
  Instant time;
  Position position;  ///< up to which everything was in order
  bool ok = false;
  std::optional<std::string> fault;
};
BOOST_DESCRIBE_STRUCT(LastVerify, (), (time, position, ok, fault))

/// How a house is. Of one without a server, what only a server knows is missing.
struct HouseStatus {
  std::string version;
  Instant time;   ///< when it was asked
  Position head;  ///< the durable end of the log
  std::optional<EngineFigures> engine;
  std::optional<ServerFigures> server;
  std::optional<TrafficFigures> traffic;
  std::vector<ReadModelStatus> projections;
  DiskFigures disk;
  std::optional<LastSnapshot> last_snapshot;
  std::optional<LastBackup> last_backup;
  std::optional<LastVerify> last_verify;
  std::optional<std::string> log_fault;  ///< why the log cannot be read; then nobody knows `head`
  std::optional<std::string> last_backup_fault;  ///< why it is not known what was done
  std::optional<std::string> last_verify_fault;
};
BOOST_DESCRIBE_STRUCT(HouseStatus, (),
                      (version, time, head, engine, server, traffic, projections, disk,
                       last_snapshot, last_backup, last_verify, log_fault, last_backup_fault,
                       last_verify_fault))

/// Threads: any.
class Operations {
 public:
  virtual ~Operations() = default;

  virtual std::vector<ReadModelStatus> read_models() = 0;

  /// Everything above. Looks at the disk, at its folders not more often than now and then.
  virtual HouseStatus status() = 0;

  enum class Asked { taken, busy, unknown };
  /// Makes the read model anew (`replaces`), or compares it with one made anew, in the background,
  /// one at a time. `busy`: another one is being worked on.
  virtual Asked begin_rebuild(std::string_view name, bool replaces) = 0;
};

}  // namespace boxoffice::http::api
