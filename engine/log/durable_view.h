// A log as a reader may rely on it. Beside the process that writes, a read-only log can show a last
// frame that is written but not yet synced: a power cut could still take it, and another frame its
// place. Whatever outlives the reader (a signature, a backup) must not be made over that.
//
// Syncing a file needs no permission to write it, so the reader makes durable what it sees.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

/// Opens the log in `directory` read-only and holds it against its head mark in `head_directory`;
/// every frame that it shows is on stable storage. Faults:
/// those of open_rocksdb_log; `io` when a file cannot be synced.
Result<std::unique_ptr<EventLog>> open_durable_view(const std::filesystem::path& directory,
                                                    const std::filesystem::path& head_directory);

}  // namespace boxoffice::engine::log
