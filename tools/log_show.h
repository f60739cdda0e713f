// `boxoffice log show`: the events of a log, one a line.
#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "tools/config/config.h"

namespace boxoffice::tools {

struct LogShowOptions {
  Position from{1};
  Position to{~std::uint64_t{0}};  ///< inclusive
  bool json = false;
};

/// Prints to standard output. Read-only: works beside a running server.
Result<void> log_show(const config::Config& config, const LogShowOptions& options);

}  // namespace boxoffice::tools
