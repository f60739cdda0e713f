// What was last done for a data directory: one small file of JSON for each kind of care, written by
// the command that did it, read by those who ask how the house is. Derived from nothing and needed
// by nothing: they may be deleted, and then nobody knows.
//
//   <data>/last-backup.json     <data>/last-verify.json
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "http/api/operations.h"

namespace boxoffice::tools::care {

/// The newest record; none when there is none. Faults: `corrupt` (it is no such record), `io`.
Result<std::optional<http::api::LastBackup>> last_backup(const std::filesystem::path& data);
Result<std::optional<http::api::LastVerify>> last_verify(const std::filesystem::path& data);

/// Of snapshots/: the newest file that is there.
Result<std::optional<http::api::LastSnapshot>> last_snapshot(const std::filesystem::path& data);

/// Replaces the record, whole. Readable by others than who made it, because the server may be
/// another user. Faults: `io`, `no_space`.
Result<void> note(const std::filesystem::path& data, const http::api::LastBackup& backup);
Result<void> note(const std::filesystem::path& data, const http::api::LastVerify& verify);

/// By the machine's clock.
Instant machine_time();

}  // namespace boxoffice::tools::care
