// Replay: the log's frames, applied to a state in order. Recovery, snapshots and auditors all come
// by here, so all of them check the same: checksum and chain (the log's cursor), and after every
// frame the digest of the state.
#pragma once

#include <functional>

#include "base/result.h"
#include "engine/domain/state.h"
#include "engine/frame_reader.h"
#include "engine/log/event_log.h"
#include "engine/snapshot.h"
#include "events/events.h"

namespace boxoffice::engine {

using SeeFrame = std::function<Result<void>(const events::Frame&)>;

/// The state after a frame is the one that was recorded when it was written. Fault: `corrupt`.
Result<void> check_digest(const domain::State& state, const log::StoredFrame& stored);

/// Applies one frame to `state`. REQUIRES: it follows `state.position`. Fault: `corrupt` (its
/// events are not those that led to the recorded digest).
Result<void> apply_frame(domain::State& state, const ReadFrame& read);

/// Replays from the beginning. `seen` is called with every frame, in order; a fault of its own ends
/// the replay. Faults: as apply_frame, with the position, and FrameReader's.
Result<domain::State> replay(const log::EventLog& log, const SeeFrame& seen);

/// Goes on from `snapshot`, which becomes the state at the log's head as of now. `seen` is called
/// with every frame after `seen_before`, of which some may be older than the snapshot.
/// REQUIRES: the snapshot is of this log, and `seen_before` is the end of a frame.
Result<void> replay_on(Snapshot& snapshot, const log::EventLog& log, Position seen_before,
                       const SeeFrame& seen);

}  // namespace boxoffice::engine
