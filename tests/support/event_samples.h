// Events for tests and benchmarks: one of each type with every field set, and realistic frames.
#pragma once

#include <cstdint>
#include <vector>

#include "events/events.h"

namespace boxoffice::tests {

/// One event of every type, in the order of EventBody, positions from 42. Every field differs from
/// its default. The golden files hold these, so a sample never changes once it is written.
std::vector<events::Event> sample_events();

/// The same, each body as it is when nothing is set.
std::vector<events::Event> empty_events();

/// A frame of `count` seat locks from `first`, as a busy evening brings them: three seats, a uuid
/// as session, a request id.
std::vector<events::Event> lock_events(Position first, std::uint32_t count);

/// True when every field of both is equal.
bool same_event(const events::Event& a, const events::Event& b);

/// The bytes of a frame of `events`. REQUIRES: not empty, gapless, of one time.
std::vector<std::uint8_t> encode(const std::vector<events::Event>& events);

}  // namespace boxoffice::tests
