// What the API reads in the log itself.
//
// GET /api/events shows its events as JSON, redacted as `log export --redact` does.
//
// An event that names only its booking counts also for the booking's show and user.
#pragma once

#include "base/result.h"
#include "engine/log/event_log.h"
#include "http/api/services.h"
#include "projections/read_models.h"

namespace boxoffice::tools {

/// Reads on from `wanted.after`. Faults: as the log's cursor; `newer_format`, `corrupt` for events
/// that cannot be decoded. Threads: any.
/// REQUIRES: `models` are at `wanted.up_to` or beyond.
Result<http::api::EventBatch> read_events(const engine::log::EventLog& log,
                                          const projections::ReadModels& models,
                                          const http::api::EventsWanted& wanted);

/// The last position, at most `up_to`, of a frame that was made by `time`; 0 when the first one was
/// made later. Reads about log2(up_to) frames. Faults: as the log's cursor. Threads: any.
/// REQUIRES: the log holds `up_to`.
Result<Position> position_at(const engine::log::EventLog& log, Instant time, Position up_to);

}  // namespace boxoffice::tools
