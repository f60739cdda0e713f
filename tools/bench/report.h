// What `boxoffice bench` tells: as a table for people, as one JSON object for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "tools/bench/ledger.h"
#include "tools/bench/load.h"

namespace boxoffice::tools::bench {

struct Report {
  std::string url;
  ScenarioName scenario = ScenarioName::spread;
  std::size_t connections = 0;
  std::optional<double> rate;
  LoadResult load;
  std::optional<SweepResult> sweep;  ///< none: it was left out
};

std::string to_table(const Report& report);
/// With the end of a line.
std::string to_json(const Report& report);

}  // namespace boxoffice::tools::bench
