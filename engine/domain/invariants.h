// What must be true of every state, checked from scratch. For tests and auditors: it walks the
// whole state, so the sequencer does not call it.
#pragma once

#include <string>
#include <vector>

#include "engine/domain/state.h"

namespace boxoffice::engine::domain {

/// Every invariant that does not hold, one line each; empty when all is well.
///
/// - A seat is in exactly one of: free, locked by a live lock that knows it, booked by a live
///   booking that knows it; and live bookings and locks have all their seats.
/// - Owners' counts equal the seats that they hold, and those that they have locked.
/// - Lapses are in order, and no seat names one to come.
/// - Money: captured = confirmed + refund due.
/// - Whatever can expire is in its deadline structure, and nothing else is.
/// - The digest that was kept change by change is that of the whole state.
/// - Counters, look-up tables and live counts agree with what they count.
std::vector<std::string> broken_invariants(const State& state);

/// The sum of the state's elements from scratch: what the one that evolve() keeps must be.
ElementSum sum_of_elements(const State& state);

}  // namespace boxoffice::engine::domain
