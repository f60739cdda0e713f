// What `boxoffice bench http --json` prints, member by member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/money.h"

namespace boxoffice::tools::bench {

/// One kind of request. Times in milliseconds.
struct StepReport {
  std::string step;
  std::uint64_t answers = 0;
  double per_second = 0;
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::uint64_t turned_away = 0;
  std::uint64_t failed = 0;
  double p50_ms = 0;
  double p90_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
  double max_ms = 0;
};
BOOST_DESCRIBE_STRUCT(StepReport, (),
                      (step, answers, per_second, done, refused, turned_away, failed, p50_ms,
                       p90_ms, p99_ms, p999_ms, max_ms))

/// What the check of all that was acknowledged found.
struct SweepReport {
  bool sound = false;
  std::uint64_t acknowledged = 0;
  std::uint64_t events = 0;
  Money paid;
  Money captured;
  std::uint64_t faults = 0;
  std::vector<std::string> first_faults;
};
BOOST_DESCRIBE_STRUCT(SweepReport, (),
                      (sound, acknowledged, events, paid, captured, faults, first_faults))

/// The object.
struct BenchReport {
  std::string url;
  std::string scenario;
  std::string loop;  ///< "closed", "open"
  std::optional<double> rate;
  std::uint64_t connections = 0;
  double seconds = 0;
  std::uint64_t answers = 0;
  double per_second = 0;  ///< done or refused
  std::uint64_t visits = 0;
  std::uint64_t not_made = 0;
  bool sold_out = false;
  double client_cpu = 0;  ///< processors that the client kept busy
  std::optional<std::string> first_failure;
  std::optional<std::string> broken_off;
  std::vector<StepReport> steps;
  std::optional<SweepReport> sweep;
};
BOOST_DESCRIBE_STRUCT(BenchReport, (),
                      (url, scenario, loop, rate, connections, seconds, answers, per_second, visits,
                       not_made, sold_out, client_cpu, first_failure, broken_off, steps, sweep))

}  // namespace boxoffice::tools::bench
