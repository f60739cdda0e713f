// `boxoffice snapshot`: makes, lists and verifies snapshots, without the server or beside it.
#pragma once

#include <string>

#include "base/result.h"
#include "tools/config/config.h"

namespace boxoffice::tools {

/// Replays the log to its head and writes a snapshot of it.
Result<void> snapshot_create(const config::Config& config);

/// Prints position, size and soundness of each snapshot, newest first.
Result<void> snapshot_list(const config::Config& config, bool json);

/// Replays the log from its beginning and compares the state at each snapshot's position with the
/// snapshot. FaultKind::corrupt when a snapshot is damaged or differs; all are looked at.
Result<void> snapshot_verify(const config::Config& config, bool json);

}  // namespace boxoffice::tools
