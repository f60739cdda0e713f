// The settings under which RocksDB keeps the log, and what its errors mean to us.
#pragma once

#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include <string_view>

#include "base/result.h"
#include "engine/log/rocksdb_log.h"

namespace boxoffice::engine::log {

inline constexpr const char* frames_family = "frames";

rocksdb::DBOptions database_settings(const RocksdbLogOptions& options);
rocksdb::ColumnFamilyOptions frames_settings(const RocksdbLogOptions& options);

/// One line: `doing` DIRECTORY: the reason. REQUIRES: the status is an error.
Fault to_fault(const rocksdb::Status& status, std::string_view doing,
               const std::filesystem::path& directory);

}  // namespace boxoffice::engine::log
