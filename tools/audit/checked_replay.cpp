#include "tools/audit/checked_replay.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/ensure_trap.h"
#include "engine/domain/evolve.h"
#include "engine/replay.h"

namespace boxoffice::tools::audit {

namespace {

Fault impossible(const events::Event& event, std::string_view why) {
  return fault(FaultKind::corrupt,
               fmt::format("position {}: {} cannot follow from the events before it: {}",
                           event.position.value, events::type_name(event.body), why));
}

}  // namespace

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
  auto checked = engine::check_digest(state_, stored);
  if (!checked) at_ = stored.first;
  return checked;
}

}  // namespace boxoffice::tools::audit
