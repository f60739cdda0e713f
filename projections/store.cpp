#include "projections/store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/bytes.h"
#include "base/ensure.h"
#include "base/fail_point.h"

namespace boxoffice::projections {

namespace {

// Sorts before every row: kinds of rows are letters.
constexpr std::string_view cursor_key("\0", 1);

// RocksDB aborts the process when it cannot finish opening on a full disk, so it is not let try.
constexpr std::uintmax_t free_bytes_min = 64U << 20;
// All memtables together; reaching it flushes them, so it also bounds what is folded again.
constexpr std::size_t memtable_bytes_max = 64U << 20;
constexpr std::size_t block_cache_bytes = 64U << 20;
constexpr int bloom_bits_per_key = 10;

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

Fault store_fault(std::string_view action, const rocksdb::Status& status) {
  const std::string text = fmt::format("read models: cannot {}: {}", action, status.ToString());
  if (status.IsNoSpace()) return fault(FaultKind::no_space, text);
  if (status.IsCorruption()) {
    return fault(FaultKind::corrupt, text + " (delete the directory; it is rebuilt from the log)");
  }
  // RocksDB has no code of its own for a lock that another process holds, only this text.
  if (status.IsIOError() && text.find("/LOCK: ") != std::string::npos) {
    return fault(FaultKind::locked, text);
  }
  return fault(FaultKind::io, text);
}

/// `cache` is shared by all column families.
rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.atomic_flush = true;
  options.avoid_flush_during_shutdown = true;
  // On a full disk RocksDB ends the process over a line of its diary, which nobody would read.
  options.info_log_level = rocksdb::InfoLogLevel::FATAL_LEVEL;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  options.db_write_buffer_size = memtable_bytes_max;
  options.max_background_jobs = 2;
  return options;
}

rocksdb::WriteOptions without_wal() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

/// "seat_map@2"; empty for a name of another form.
std::optional<std::pair<std::string_view, std::uint32_t>> parse_family(std::string_view family) {
  const std::size_t at = family.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t version = 0;
  const char* const end = family.data() + family.size();
  const auto [stop, error] = std::from_chars(family.data() + at + 1, end, version);
  if (error != std::errc() || stop != end) return std::nullopt;
  return std::pair(family.substr(0, at), version);
}

/// The table of this build that `family` holds rows of, whatever their version.
const TableId* table_of_name(std::span<const TableId> tables, std::string_view name) {
  const auto found = std::ranges::find(tables, name, &TableId::name);
  return found == tables.end() ? nullptr : &*found;
}

Result<void> refuse_newer(const std::vector<std::string>& families,
                          std::span<const TableId> tables) {
  for (const std::string& family : families) {
    const auto parsed = parse_family(family);
    if (!parsed) continue;
    const TableId* const table = table_of_name(tables, parsed->first);
    if (table != nullptr && parsed->second > table->version) {
      return fault(FaultKind::newer_format,
                   fmt::format("read models: '{}' was written by a newer version of the program "
                               "(this one knows version {}); use that one, or delete the directory",
                               family, table->version));
    }
  }
  return success();
}

Result<std::vector<std::string>> families_in(const std::string& directory) {
  std::vector<std::string> families;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT")) {
    families.push_back(rocksdb::kDefaultColumnFamilyName);
    return families;
  }
  const auto status = rocksdb::DB::ListColumnFamilies(database_options(), directory, &families);
  if (!status.ok()) return store_fault("open " + directory, status);
  return families;
}

Result<void> prepare_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("read models: cannot create {}: {}", directory, error.message()));
  }
  const auto space = std::filesystem::space(directory, error);
  if (!error && space.available < free_bytes_min) {
    return fault(FaultKind::no_space,
                 fmt::format("read models: {} has {} MB left; {} MB are needed", directory,
                             space.available >> 20, free_bytes_min >> 20));
  }
  return success();
}

}  // namespace

std::string TableId::column_family() const { return fmt::format("{}@{}", name, version); }

Fault malformed_row(const TableId& table, std::string_view key) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(key.data());
  return fault(FaultKind::corrupt,
               fmt::format("read models: malformed row {} of {} (delete the directory; it is "
                           "rebuilt from the log)",
                           to_hex({bytes, key.size()}), table.column_family()));
}

// ---- Table --------------------------------------------------------------------------------------

Result<std::optional<std::string>> Table::get(std::string_view key) const {
  std::optional<std::string> value(std::in_place);
  const auto status = db_.Get(rocksdb::ReadOptions(), &family_, slice(key), &*value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return store_fault("read a row", status);
  return value;
}

Result<void> Table::scan(std::string_view prefix, const Visit& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(rocksdb::ReadOptions(), &family_));
  for (rows->Seek(slice(prefix)); rows->Valid() && rows->key().starts_with(slice(prefix));
       rows->Next()) {
    TRY(visit(view(rows->key()), view(rows->value())));
  }
  // A damaged file ends the iteration as if the rows were over.
  if (!rows->status().ok()) return store_fault("read rows", rows->status());
  return success();
}

Result<Position> Table::cursor() const {
  TRY(auto cursor, find<Position>(cursor_key));
  return cursor.value_or(Position());
}

// ---- Store --------------------------------------------------------------------------------------

Result<std::unique_ptr<Store>> Store::open(const std::string& directory,
                                           std::span<const TableId> tables) {
  TRY(prepare_directory(directory));
  TRY(auto families, families_in(directory));
  TRY(refuse_newer(families, tables));

  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  const auto options = family_options(rocksdb::NewLRUCache(block_cache_bytes));
  for (const std::string& family : families) descriptors.emplace_back(family, options);
  std::unique_ptr<Store> store(new Store());
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(database_options(), directory, descriptors, &store->families_, &db);
  store->db_.reset(db);
  if (!status.ok()) return store_fault("open " + directory, status);

  TRY(store->drop_older_versions(tables));
  TRY(store->create_missing(tables, options));
  return store;
}

Result<void> Store::drop_older_versions(std::span<const TableId> tables) {
  for (auto*& family : families_) {
    const auto parsed = parse_family(family->GetName());
    if (!parsed) continue;
    const TableId* const table = table_of_name(tables, parsed->first);
    if (table == nullptr || parsed->second == table->version) continue;
    const auto dropped = db_->DropColumnFamily(family);
    if (!dropped.ok()) return store_fault("drop old rows", dropped);
    db_->DestroyColumnFamilyHandle(family);
    family = nullptr;
  }
  std::erase(families_, nullptr);
  return success();
}

Result<void> Store::create_missing(std::span<const TableId> tables,
                                   const rocksdb::ColumnFamilyOptions& options) {
  for (const TableId& id : tables) {
    const std::string name = id.column_family();
    auto found = std::ranges::find_if(
        families_, [&](const auto* family) { return family->GetName() == name; });
    if (found == families_.end()) {
      rocksdb::ColumnFamilyHandle* created = nullptr;
      const auto status = db_->CreateColumnFamily(options, name, &created);
      if (!status.ok()) return store_fault("create " + name, status);
      found = families_.insert(families_.end(), created);
    }
    tables_.emplace_back(id, *db_, **found);
  }
  return success();
}

Store::~Store() {
  for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
}

const Table& Store::table(const TableId& id) const {
  const auto found =
      std::ranges::find(tables_, id.name, [](const Table& t) { return t.id().name; });
  ENSURE(found != tables_.end(), "the table was opened");
  return *found;
}

Result<void> Store::write(std::span<const Change> changes) {
  rocksdb::WriteBatch batch;
  for (const auto& [rows, cursor] : changes) {
    auto& family = rows->table_.family_;
    for (const auto& [key, value] : rows->changes_) {
      const auto taken = value ? batch.Put(&family, key, *value) : batch.Delete(&family, key);
      ENSURE(taken.ok(), "a batch in memory takes every row");
    }
    const auto put = batch.Put(&family, slice(cursor_key), pack(cursor));
    ENSURE(put.ok(), "a batch in memory takes the cursor");
    rows->changes_.clear();
  }
  fail_point(FailPoint::before_projection_write);
  const auto status = db_->Write(without_wal(), &batch);
  if (!status.ok()) return store_fault("write rows", status);
  fail_point(FailPoint::after_projection_write);
  return success();
}

Result<void> Store::flush() {
  const auto status = db_->Flush(rocksdb::FlushOptions(), families_);
  if (!status.ok()) return store_fault("flush rows", status);
  return success();
}

}  // namespace boxoffice::projections
