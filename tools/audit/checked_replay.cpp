#include "tools/audit/checked_replay.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/bytes.h"
#include "base/ensure_trap.h"
#include "engine/domain/digest.h"
#include "engine/domain/evolve.h"

namespace boxoffice::tools::audit {

namespace {

Fault impossible(const events::Event& event, std::string_view why) {
  return fault(FaultKind::corrupt,
               fmt::format("position {}: {} cannot follow from the events before it: {}",
                           event.position.value, events::type_name(event.body), why));
}

}  // namespace

Result<void> CheckedReplay::check_digest(const engine::log::StoredFrame& stored) {
  const StateDigest digest = engine::domain::digest_of(state_);
  if (digest == stored.digest) return success();
  at_ = stored.first;
  return fault(FaultKind::corrupt,
               fmt::format("frame at position {}: the state after it is not the one that was "
                           "recorded when it was written (digest {}, recorded {})",
                           stored.first.value, to_hex(digest.bytes), to_hex(stored.digest.bytes)));
}

Result<void> CheckedReplay::apply(const engine::log::StoredFrame& stored,
                                  const events::Frame& frame, Position to) {
  const EnsureTrap trap;
  const events::Event* applying = nullptr;
  try {
    for (const events::Event& event : frame.events) {
      if (event.position > to) break;
      applying = &event;
      at_ = event.position;
      engine::domain::evolve(state_, event);
    }
  } catch (const BrokenEnsure& broken) {
    return impossible(*applying, broken.what());
  } catch (const std::out_of_range&) {  // evolve() looks up with at()
    return impossible(*applying, "it is about something that does not exist");
  }
  if (to < stored.last()) return success();
  return check_digest(stored);
}

}  // namespace boxoffice::tools::audit
