#include "engine/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/domain/digest.h"
#include "engine/domain/evolve.h"

namespace boxoffice::engine {

Result<void> check_digest(const domain::State& state, const log::StoredFrame& stored) {
  const StateDigest digest = domain::digest_of(state);
  if (digest == stored.digest) return success();
  return fault(FaultKind::corrupt,
               fmt::format("frame at position {}: the state after it is not the one that was "
                           "recorded when it was written (digest {}, recorded {})",
                           stored.first.value, to_hex(digest.bytes), to_hex(stored.digest.bytes)));
}

Result<void> apply_frame(domain::State& state, const ReadFrame& read) {
  for (const auto& event : read.frame.events) domain::evolve(state, event);
  return check_digest(state, read.stored);
}

Result<domain::State> replay(const log::EventLog& log, const SeeFrame& seen) {
  Snapshot beginning;
  TRY(replay_on(beginning, log, Position(), seen));
  return std::move(beginning.state);
}

Result<void> replay_on(Snapshot& snapshot, const log::EventLog& log, Position seen_before,
                       const SeeFrame& seen) {
  const Position from = std::min(snapshot.head.last, seen_before).next();
  snapshot.state.locks.reserve(domain::locks_expected);
  snapshot.state.locked_by.reserve(domain::locks_expected);
  FrameReader reader(log.read(from));
  while (true) {
    TRY(const ReadFrame* const read, reader.next());
    if (read == nullptr) return success();
    const log::StoredFrame& stored = read->stored;
    if (stored.last() <= snapshot.head.last) {
      TRY(seen(read->frame));  // it begins after `seen_before`: older ones were not read
      continue;
    }
    if (stored.first != snapshot.head.last.next() || stored.previous != snapshot.head.chain) {
      return fault(FaultKind::corrupt,
                   fmt::format("frame at position {}: does not follow the snapshot at position {}",
                               stored.first.value, snapshot.head.last.value));
    }
    TRY(apply_frame(snapshot.state, *read));
    snapshot.head = log::Head{stored.last(), stored.hash};
    if (stored.last() > seen_before) {
      TRY(seen(read->frame));
    }
  }
}

}  // namespace boxoffice::engine
