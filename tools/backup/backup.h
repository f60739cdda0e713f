// Backups of the log: made beside a running server, each adding only what is new, restored into an
// empty data directory and replayed before anybody calls it restored (docs/formats/backup.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/log/event_log.h"
#include "tools/backup/segments.h"

namespace boxoffice::tools::backup {

struct Created {
  std::uint64_t frames = 0;  ///< added; 0 when there was nothing new
  Position last;             ///< of the whole backup
};

/// Adds the frames of the log in `data` that `directory` does not have yet, as one segment;
/// `directory` is created when missing. `now` is noted in the manifest. Faults: `differs` (the
/// backup is of another log, or of another past of this one), `corrupt`, `newer_format`, `locked`
/// (another backup is being made), `not_found` (no log), `invalid` (no place for a backup),
/// `no_space`, `io`.
Result<Created> create(const std::filesystem::path& data, const std::filesystem::path& directory,
                       bool with_keys, Instant now, Talk talk);

/// Nothing was ever saved in `directory`, or it is not the one that is meant (a disk not mounted).
Fault no_backup(const std::filesystem::path& directory);

/// Reads the whole backup, or one segment of it, and checks everything but the events' meaning.
/// Faults: `corrupt`, naming the file; `newer_format`, `not_found`, `io`.
Result<Backup> verify(const std::filesystem::path& directory,
                      const std::optional<std::int64_t>& number, Talk talk);

/// How far to restore: whole frames up to here, both limits included.
struct Until {
  std::optional<Position> position;
  std::optional<Instant> time;
};

struct Restored {
  engine::log::Head head;
  Instant time;       ///< of the last event
  bool keys = false;  ///< came along
};

/// Makes `data`, which must be missing or empty, a data directory again. The log has the same bytes
/// and hashes as the one that was saved, and was replayed. Faults: those of verify and of
/// engine::replay; `invalid` (`data` is not empty), `not_found` (nothing to restore), `no_space`.
/// After a fault `data` is as it was.
Result<Restored> restore(const std::filesystem::path& directory, const std::filesystem::path& data,
                         const Until& until, Talk talk);

}  // namespace boxoffice::tools::backup
