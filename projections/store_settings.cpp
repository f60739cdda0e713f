#include "projections/store_settings.h"

#include <fmt/format.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <system_error>

namespace boxoffice::projections {

namespace {

// All memtables together; reaching it flushes them, so it also bounds what is folded again.
constexpr std::size_t memtable_bytes_max = 64U << 20;
// What is written goes to the disk little by little: in one piece it would hold up the log's syncs.
constexpr std::uint64_t bytes_per_sync = 256U << 10;
constexpr int bloom_bits_per_key = 10;
constexpr std::size_t hinted_prefix_bytes = 1;  // a kind (row_key.h)

}  // namespace

Fault store_fault(std::string_view action, const rocksdb::Status& status) {
  const std::string text = fmt::format("read models: cannot {}: {}", action, status.ToString());
  if (status.IsNoSpace()) return fault(FaultKind::no_space, text);
  if (status.IsCorruption()) {
    return fault(FaultKind::corrupt, text + " (delete the directory; it is rebuilt from the log)");
  }
  // RocksDB has no code of its own for a lock that is held, by another process or by this one, only
  // these texts.
  if (status.IsIOError() &&
      (text.find("lock file: ") != text.npos || text.find("lock hold by") != text.npos)) {
    return fault(FaultKind::locked,
                 fmt::format("read models: cannot {}: it is in use by another process: stop the "
                             "server first, or use --url",
                             action));
  }
  return fault(FaultKind::io, text);
}

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  // Rows come sorted: the memtable begins its search where it put the last one.
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewCappedPrefixTransform(hinted_prefix_bytes));
  // Files that are loaded overlap and pile up faster than they are merged. RocksDB would slow every
  // writer of the store down for that; bulk_load() waits itself instead.
  constexpr int never = 1 << 20;
  options.level0_slowdown_writes_trigger = never;
  options.level0_stop_writes_trigger = never;
  options.soft_pending_compaction_bytes_limit = 0;
  options.hard_pending_compaction_bytes_limit = 0;
  return options;
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.atomic_flush = true;
  options.avoid_flush_during_shutdown = true;
  // On a full disk RocksDB ends the process over a line of its diary, which nobody would read.
  options.info_log_level = rocksdb::InfoLogLevel::FATAL_LEVEL;
  options.keep_log_file_num = 2;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  options.db_write_buffer_size = memtable_bytes_max;
  options.max_background_jobs = 2;
  options.bytes_per_sync = bytes_per_sync;
  return options;
}

rocksdb::WriteOptions without_wal() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}
std::string bulk_file(const std::string& directory, std::uint64_t number) {
  return fmt::format("{}/bulk-{}.sst", directory, number);
}

void remove_bulk_files(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const bool bulk = entry.path().filename().string().starts_with("bulk-");
    if (bulk) std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace boxoffice::projections
