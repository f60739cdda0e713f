// `boxoffice serve`: opens the house and the front door, and closes both when told to.
#pragma once

#include "base/result.h"
#include "tools/config/config.h"

namespace boxoffice::tools {

struct ServeOptions {
  bool demo_data = false;  ///< write the demo data when the log is empty
};

/// Serves until SIGTERM or SIGINT. Prints `listening on http://HOST:PORT` as the first line on
/// standard output once it is ready. REQUIRES: no other thread is running yet.
Result<void> serve(const config::Config& config, const ServeOptions& options);

}  // namespace boxoffice::tools
