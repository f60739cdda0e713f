#include "engine/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/domain/digest.h"
#include "engine/domain/evolve.h"
#include "engine/log/frame.h"
#include "events/codec.h"

namespace boxoffice::engine {

Result<events::Frame> apply_frame(domain::State& state, const log::StoredFrame& stored) {
  if (stored.logic_version > domain::logic_version) {
    return events::written_by_newer_version(
        stored.first,
        fmt::format("logic {} (this version has {})", stored.logic_version, domain::logic_version));
  }
  TRY(auto frame, log::decode_events(stored));
  for (const auto& event : frame.events) domain::evolve(state, event);
  if (domain::digest_of(state) != stored.digest) {
    return fault(FaultKind::corrupt,
                 fmt::format("frame at position {}: the state after it is not the one that was "
                             "recorded when it was written (digest {}, recorded {})",
                             stored.first.value, to_hex(domain::digest_of(state).bytes),
                             to_hex(stored.digest.bytes)));
  }
  return frame;
}

Result<domain::State> replay(const log::EventLog& log, const SeeFrame& seen) {
  Snapshot beginning;
  TRY(replay_on(beginning, log, Position(), seen));
  return std::move(beginning.state);
}

Result<void> replay_on(Snapshot& snapshot, const log::EventLog& log, Position seen_before,
                       const SeeFrame& seen) {
  const Position from = std::min(snapshot.head.last, seen_before).next();
  const auto cursor = log.read(from);
  while (true) {
    TRY(auto stored, cursor->next());
    if (!stored) return success();
    if (stored->last() <= snapshot.head.last) {
      TRY(const auto frame, log::decode_events(*stored));
      TRY(seen(frame));  // it begins after `seen_before`: older ones were not read
      continue;
    }
    if (stored->first != snapshot.head.last.next() || stored->previous != snapshot.head.chain) {
      return fault(FaultKind::corrupt,
                   fmt::format("frame at position {}: does not follow the snapshot at position {}",
                               stored->first.value, snapshot.head.last.value));
    }
    TRY(const auto frame, apply_frame(snapshot.state, *stored));
    snapshot.head = log::Head{stored->last(), stored->hash};
    if (stored->last() > seen_before) {
      TRY(seen(frame));
    }
  }
}

}  // namespace boxoffice::engine
