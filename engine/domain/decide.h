// decide: what a command leads to, given the state. The rules of the house, and nothing else.
//
// Pure: no I/O, clock, randomness or floating point; equal arguments give equal results in every
// build. Every decision is a ladder of checks from top to bottom, in the order of events::Refusal;
// whatever passes them all becomes events.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

#include "engine/domain/commands.h"
#include "engine/domain/refusal.h"
#include "engine/domain/rules.h"
#include "engine/domain/state.h"

namespace boxoffice::engine::domain {

/// What a command is decided against, beside the state.
struct Context {
  Instant now;  ///< REQUIRES: not before State::now
  events::Actor actor{};
  Rules rules{};
  /// How much an AdvanceTime lets expire; the rest is still due.
  std::size_t expiries_max = std::numeric_limits<std::size_t>::max();
};

using Accepted = std::vector<events::EventBody>;
using Decision = std::variant<Accepted, Refused>;

/// Decides `command`. The events are not applied: that is evolve's part.
/// REQUIRES: nothing has expired by `context.now` (decide AdvanceTime first); the command is
/// well-formed (see commands.h).
Decision decide(const State& state, const Command& command, const Context& context);

/// Whether anything has expired by `now`.
bool is_due(const State& state, Instant now);

/// The event that records a refusal.
events::CommandRefused trace_of(const Command& command, const Refused& refused);

/// Whether a key was seen before.
struct Retry {
  enum class Kind { first_time, same_request, other_request };
  Kind kind = Kind::first_time;
  Position first{};  ///< of the first answer's events, when same_request
  Position last{};
};
Retry find_retry(const State& state, const events::Idempotency& idempotency, Instant now);

}  // namespace boxoffice::engine::domain
