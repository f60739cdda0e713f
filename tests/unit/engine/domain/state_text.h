// A whole state as text, sorted, one line a thing: two states are equal when their texts are, and
// where they are not, the test's message shows the lines that differ.
#pragma once

#include <string>

#include "engine/domain/state.h"

namespace boxoffice::tests {

/// Every member of the state. A member that is added to State, Show, Lock, Booking or Payment stops
/// this from compiling until it is compared too.
std::string text_of(const engine::domain::State& state);

}  // namespace boxoffice::tests
