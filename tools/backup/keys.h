// The keys of a data directory in a backup. They are no part of the log, and deliberately not of a
// backup either unless asked for: a destroyed key must not live on (docs/formats/backup.md).
#pragma once

#include <filesystem>

#include "base/result.h"

namespace boxoffice::tools::backup {

/// Puts what is in `keys` (a data directory's keys/) into the backup, in place of the keys that it
/// had: a key that was destroyed since is gone here, too. Faults: `invalid` (there is something
/// other than files and folders), `no_space`, `io`.
Result<void> save_keys(const std::filesystem::path& keys, const std::filesystem::path& backup);

/// Whether the backup has keys; they are intact. Faults: `corrupt` naming the file, `io`.
Result<bool> check_keys(const std::filesystem::path& backup);

/// Writes the backup's keys, if it has any, as `keys`, which must not exist: folders of mode 0700,
/// files of 0600. Whether there were any. Faults: as check_keys; `no_space`.
Result<bool> restore_keys(const std::filesystem::path& backup, const std::filesystem::path& keys);

}  // namespace boxoffice::tools::backup
