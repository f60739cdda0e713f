// Replays events that nobody vouches for: an intact chain proves that a log was not changed since
// it was written, not that the rules allowed what is in it.
#pragma once

#include "base/result.h"
#include "engine/domain/state.h"
#include "engine/log/event_log.h"
#include "events/events.h"

namespace boxoffice::tools::audit {

class CheckedReplay {
 public:
  CheckedReplay() {
    state_.locks.reserve(engine::domain::locks_expected);
    state_.locked_by.reserve(engine::domain::locks_expected);
  }

  /// Applies the frame's events up to position `to`, and compares the state after the whole frame
  /// with the digest that was recorded. Fault `corrupt`: an event contradicts what happened before
  /// it, or the digest differs; the text names the position and what is wrong. The state is
  /// undefined from then on.
  Result<void> apply(const engine::log::StoredFrame& stored, const events::Frame& frame,
                     Position to = Position(~std::uint64_t{0}));

  /// As it was after the last event.
  const engine::domain::State& state() const { return state_; }

  /// The event that was applied last, or where the fault is; none before the first.
  Position at() const { return at_; }

 private:
  engine::domain::State state_;
  Position at_;
};

}  // namespace boxoffice::tools::audit
