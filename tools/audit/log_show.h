// `boxoffice log show`: the events of a log, one a line.
#pragma once

#include <iosfwd>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "tools/audit/source.h"

namespace boxoffice::tools::audit {

struct ShowOptions {
  Range range{};
  bool json = false;
};

/// Faults: as walk.
Result<void> show(const engine::log::EventLog& log, const ShowOptions& options, std::ostream& out,
                  Talk talk);

}  // namespace boxoffice::tools::audit
