// A load on a running server: customers of a scenario, for so long, and what became of their
// requests.
//
// Closed loop: each customer makes its next visit when the one before is over, so that the server
// sets the pace. Open loop: visits come at fixed times, `rate` a second, whether those before are
// over or not, as people come. Then the time of a visit's first request counts from when it was to
// come, also when no customer was free to make it: a server that stands still for a second is seen
// by everybody who came in that second (else called coordinated omission).
//
// Threads: one.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "tools/bench/connections.h"
#include "tools/bench/latencies.h"
#include "tools/bench/scenario.h"

namespace boxoffice::tools::bench {

struct LoadOptions {
  std::optional<double> rate;  ///< visits a second; none: closed loop
  std::chrono::milliseconds duration{10'000};
};

/// Of one kind of request.
struct StepFigures {
  Latencies times;  ///< of those that were done or refused
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::uint64_t turned_away = 0;
  std::uint64_t failed = 0;

  std::uint64_t answers() const { return done + refused + turned_away + failed; }
};

struct LoadResult {
  std::array<StepFigures, step_kinds> steps;
  double seconds = 0;          ///< until the last answer
  std::uint64_t visits = 0;    ///< begun
  std::uint64_t not_made = 0;  ///< of an open loop: due, but no customer was free before the end
  bool sold_out = false;       ///< ended early: there was nothing left to be had
  double client_cpu_s = 0;     ///< processor time of this program
  std::string first_failure;   ///< status and body of the first answer that `failed`
  std::optional<Fault> broken_off;  ///< why it ended before its time, if it did
};

/// Told of the share of the time that is over, and the answers so far, some times a second.
using Watcher = std::function<void(double share, std::uint64_t answers)>;

/// What goes wrong on the way ends it, and is in the result.
LoadResult run_load(Connections& connections, Scenario& scenario, const LoadOptions& options,
                    const Watcher& watcher);

}  // namespace boxoffice::tools::bench
