// evolve: applies one event to the state. Total: every event of a valid log can be applied, and an
// event that contradicts the state is a bug (ENSURE), because decide() checked it first.
#pragma once

#include "engine/domain/state.h"
#include "events/events.h"

namespace boxoffice::engine::domain {

/// Counted up whenever evolve() starts to derive another state from the same events; kept in every
/// frame, so that a difference in replay can be told from damage.
inline constexpr std::uint32_t logic_version = 1;

/// REQUIRES: `event.position` follows `state.position`.
void evolve(State& state, const events::Event& event);

}  // namespace boxoffice::engine::domain
