#include "engine/log/rocksdb_settings.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>

#include <string>

namespace boxoffice::engine::log {

rocksdb::DBOptions database_settings(const RocksdbLogOptions& options) {
  rocksdb::DBOptions db;
  if (options.env != nullptr) db.env = options.env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;

  // This mode drops what is behind a damaged byte without a word. The log is examined before it is
  // opened (write_ahead.h): then all that can be behind one is a frame that was never acknowledged.
  // The mode that tolerates a torn tail only would refuse garbage in the last block, which a disk
  // that lost its power may leave.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // A table is read back after it was written, before its write-ahead file goes.
  db.paranoid_checks = true;
  // After a failed write the outcome is unknown and the process stops: never resume by itself.
  db.max_bgerror_resume_count = 0;

  // An idle column family would otherwise keep write-ahead files for ever.
  db.max_total_wal_size = 2 * options.write_buffer_bytes;
  db.max_background_jobs = 2;

  // RocksDB's own diary: warnings only, two files of at most 1 MiB.
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.max_log_file_size = 1 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions frames_settings(const RocksdbLogOptions& options) {
  rocksdb::ColumnFamilyOptions frames;
  frames.write_buffer_size = options.write_buffer_bytes;
  frames.paranoid_file_checks = true;
  // Keys only grow, so leveled compaction just moves tables down, as long as every level compresses
  // alike: a frame is written twice in its life, to the write-ahead file and to one table.
  frames.compaction_style = rocksdb::kCompactionStyleLevel;
  frames.compression = rocksdb::kLZ4Compression;
  frames.bottommost_compression = rocksdb::kDisableCompressionOption;

  // The log is read from end to end: larger blocks, a smaller index.
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 32 * 1024;
  frames.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return frames;
}

Fault to_fault(const rocksdb::Status& status, std::string_view doing,
               const std::filesystem::path& directory) {
  const std::string reason = status.ToString();
  // RocksDB has no code for a lock that another process, or this one, holds.
  if (reason.find("While lock file") != std::string::npos ||
      reason.find("lock hold by current process") != std::string::npos) {
    return fault(FaultKind::locked,
                 fmt::format("{} is in use by another process", directory.string()));
  }
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return fault(FaultKind::corrupt,
                 fmt::format("{} {}: {}; put the directory aside and restore a backup", doing,
                             directory.string(), reason));
  }
  FaultKind kind = FaultKind::io;
  if (status.IsNoSpace()) kind = FaultKind::no_space;
  return fault(kind, fmt::format("{} {}: {}", doing, directory.string(), reason));
}

}  // namespace boxoffice::engine::log
