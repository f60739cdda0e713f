#include "projections/store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <thread>

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
// What is written goes to the disk little by little: in one piece it would hold up the log's syncs.
constexpr std::uint64_t bytes_per_sync = 256U << 10;
constexpr int bloom_bits_per_key = 10;
// Who compares is asked so often whether to go on.
constexpr std::uint64_t rows_between_asking = 10'000;
// More files than these are merged before the next one is loaded.
constexpr std::uint64_t unmerged_files_max = 12;
// A table of changes that was ever larger is made anew, not emptied: emptying touches all of it.
constexpr std::size_t changes_kept = 4'096;

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

/// What a column family holds, by its name: "seat_map@2", or "seat_map@2+7" once it was rebuilt.
struct FamilyName {
  std::string_view name;
  std::uint32_t version = 0;
  std::uint32_t generation = 1;
};

/// Empty for a name of another form.
std::optional<FamilyName> parse_family(std::string_view family) {
  const std::size_t at = family.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  FamilyName out{.name = family.substr(0, at)};
  const char* const end = family.data() + family.size();
  auto parsed = std::from_chars(family.data() + at + 1, end, out.version);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '+') {
    parsed = std::from_chars(parsed.ptr + 1, end, out.generation);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return out;
}

std::string family_name(const TableId& id, std::uint32_t generation) {
  if (generation == 1) return id.column_family();
  return fmt::format("{}+{}", id.column_family(), generation);
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
    const TableId* const table = table_of_name(tables, parsed->name);
    if (table != nullptr && parsed->version > table->version) {
      return fault(FaultKind::newer_format,
                   fmt::format("read models: '{}' was written by a newer version of the program "
                               "(this one knows version {}); use that one, or delete the directory",
                               family, table->version));
    }
  }
  return success();
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

/// Only who loads waits; everybody else goes on.
void wait_for_merging(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family) {
  std::uint64_t files = 0;
  const std::string property = rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0";
  std::string text;
  do {
    if (files > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    files = 0;
    if (!db.GetProperty(&family, property, &text)) return;
    std::from_chars(text.data(), text.data() + text.size(), files);
  } while (files > unmerged_files_max);
}

std::string hex(const rocksdb::Slice& bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// Where two walks of the same rows part. REQUIRES: one of them is not at its end.
std::string difference(const rocksdb::Iterator& live, const rocksdb::Iterator& rebuilt) {
  const bool only_live =
      !rebuilt.Valid() || (live.Valid() && live.key().compare(rebuilt.key()) < 0);
  if (only_live) return fmt::format("row {} should not be there", hex(live.key()));
  if (!live.Valid() || live.key() != rebuilt.key()) {
    return fmt::format("row {} is missing", hex(rebuilt.key()));
  }
  return fmt::format("row {} is {}, should be {}", hex(live.key()), hex(live.value()),
                     hex(rebuilt.value()));
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
  return scan_from(prefix, prefix,
                   [&](std::string_view key, std::string_view value) -> Result<bool> {
                     TRY(visit(key, value));
                     return true;
                   });
}

Result<void> Table::scan_from(std::string_view from, std::string_view prefix,
                              const VisitWhile& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(rocksdb::ReadOptions(), &family_));
  for (rows->Seek(slice(from)); rows->Valid() && rows->key().starts_with(slice(prefix));
       rows->Next()) {
    TRY(const bool more, visit(view(rows->key()), view(rows->value())));
    if (!more) break;
  }
  // A damaged file ends the iteration as if the rows were over.
  if (!rows->status().ok()) return store_fault("read rows", rows->status());
  return success();
}

Result<Position> Table::cursor() const {
  TRY(auto cursor, find<Position>(cursor_key));
  return cursor.value_or(Position());
}

Table::~Table() {
  // One that could not be dropped is dropped at the next start: it does not count.
  if (!kept_) static_cast<void>(db_.DropColumnFamily(&family_));
  static_cast<void>(db_.DestroyColumnFamilyHandle(&family_));
}

// ---- Store --------------------------------------------------------------------------------------

Result<std::unique_ptr<Store>> Store::open(const std::string& directory,
                                           std::span<const TableId> tables) {
  TRY(prepare_directory(directory));
  TRY(auto families, families_in(directory));
  TRY(refuse_newer(families, tables));

  std::unique_ptr<Store> store(new Store());
  store->directory_ = directory;
  store->cache_ = rocksdb::NewLRUCache(block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  const auto options = family_options(store->cache_);
  for (const std::string& family : families) descriptors.emplace_back(family, options);
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::Open(database_options(), directory, descriptors, &store->families_, &db);
  store->db_.reset(db);
  if (!status.ok()) return store_fault("open " + directory, status);
  store->default_family_ = db->DefaultColumnFamily();

  TRY(store->drop_what_does_not_count(tables));
  TRY(store->open_tables(tables));
  return store;
}

Result<std::vector<ReadModels::Status>> Store::look(const std::string& directory) {
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT")) {
    return std::vector<ReadModels::Status>();
  }
  TRY(const auto families, families_in(directory));
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  Store store;
  store.cache_ = rocksdb::NewLRUCache(block_cache_bytes);
  for (const auto& family : families)
    descriptors.emplace_back(family, family_options(store.cache_));
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(database_options(), directory, descriptors,
                                                   &store.families_, &db);
  store.db_.reset(db);
  if (!status.ok()) return store_fault("look at " + directory, status);
  store.default_family_ = db->DefaultColumnFamily();
  return store.status_of_families();
}

Result<std::vector<ReadModels::Status>> Store::status_of_families() const {
  std::vector<ReadModels::Status> all;
  for (auto* const family : families_) {
    const std::string family_name = family->GetName();
    const auto parsed = parse_family(family_name);
    if (!parsed) continue;
    const TableId id{parsed->name, parsed->version};
    TRY(const std::uint32_t counts, generation_that_counts(id.column_family()));
    if (parsed->generation != counts) continue;
    std::string value;
    const auto status = db_->Get(rocksdb::ReadOptions(), family, slice(cursor_key), &value);
    if (!status.ok() && !status.IsNotFound()) return store_fault("read a cursor", status);
    all.push_back({.name = std::string(parsed->name),
                   .version = parsed->version,
                   .position = unpack<Position>(value).value_or(Position()),
                   .stopped = {}});
  }
  return all;
}

Result<std::uint32_t> Store::generation_that_counts(std::string_view column_family) const {
  std::string value;
  const auto status =
      db_->Get(rocksdb::ReadOptions(), default_family_, slice(column_family), &value);
  if (status.IsNotFound()) return 1U;
  if (!status.ok()) return store_fault("read which rows count", status);
  const auto generation = unpack<std::uint32_t>(value);
  if (!generation) return store_fault("read which rows count", rocksdb::Status::Corruption());
  return *generation;
}

// Older versions, and what an interrupted rebuild left.
Result<void> Store::drop_what_does_not_count(std::span<const TableId> tables) {
  remove_bulk_files(directory_);
  for (auto*& family : families_) {
    const auto parsed = parse_family(family->GetName());
    if (!parsed) continue;
    const TableId* const table = table_of_name(tables, parsed->name);
    if (table == nullptr) continue;
    TRY(const std::uint32_t counts, generation_that_counts(table->column_family()));
    newest_generation_ = std::max({newest_generation_, parsed->generation, counts});
    if (parsed->version == table->version && parsed->generation == counts) continue;
    const auto dropped = db_->DropColumnFamily(family);
    if (!dropped.ok()) return store_fault("drop old rows", dropped);
    static_cast<void>(db_->DestroyColumnFamilyHandle(family));
    family = nullptr;
  }
  std::erase(families_, nullptr);
  return success();
}

Result<void> Store::open_tables(std::span<const TableId> tables) {
  for (const TableId& id : tables) {
    TRY(const std::uint32_t generation, generation_that_counts(id.column_family()));
    newest_generation_ = std::max(newest_generation_, generation);
    const std::string name = family_name(id, generation);
    const auto found = std::ranges::find_if(
        families_, [&](const auto* family) { return family->GetName() == name; });
    rocksdb::ColumnFamilyHandle* family = nullptr;
    if (found != families_.end()) {
      family = *found;
      families_.erase(found);
    } else {
      TRY(family, create_family(name));
    }
    tables_.push_back(std::make_shared<Table>(id, generation, *db_, *family));
  }
  return success();
}

Result<rocksdb::ColumnFamilyHandle*> Store::create_family(const std::string& name) {
  rocksdb::ColumnFamilyHandle* created = nullptr;
  const auto status = db_->CreateColumnFamily(family_options(cache_), name, &created);
  if (!status.ok()) return store_fault("create " + name, status);
  return created;
}

Store::~Store() {
  tables_.clear();
  replaced_.clear();
  for (auto* family : families_) static_cast<void>(db_->DestroyColumnFamilyHandle(family));
}

std::shared_ptr<const Table> Store::table(const TableId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find(tables_, id.name, [](const auto& table) { return table->id().name; });
  ENSURE(found != tables_.end(), "the table was opened");
  return *found;
}

Result<std::shared_ptr<const Table>> Store::create_beside(const TableId& id) {
  const std::lock_guard lock(mutex_);
  const std::uint32_t generation = ++newest_generation_;
  TRY(auto* const family, create_family(family_name(id, generation)));
  auto table = std::make_shared<const Table>(id, generation, *db_, *family);
  table->kept_ = false;
  return table;
}

Result<void> Store::bulk_load(Rows& rows, Position cursor) {
  rows.put(std::string(cursor_key), cursor);
  std::vector<decltype(rows.changes_)::value_type*> sorted;
  sorted.reserve(rows.changes_.size());
  for (auto& change : rows.changes_) sorted.push_back(&change);
  std::ranges::sort(
      sorted, {}, [](const auto* change) -> const auto& { return change->first; });

  wait_for_merging(*db_, rows.table_.family_);
  const std::string path = bulk_file(directory_, ++bulk_files_);
  const auto options = rocksdb::Options(database_options(), family_options(cache_));
  rocksdb::SstFileWriter file(rocksdb::EnvOptions(options), options);
  auto status = file.Open(path);
  for (const auto* change : sorted) {
    if (!status.ok()) break;
    status = change->second ? file.Put(change->first, *change->second) : file.Delete(change->first);
  }
  if (status.ok()) status = file.Finish();
  rocksdb::IngestExternalFileOptions move;
  move.move_files = true;
  if (status.ok()) status = db_->IngestExternalFile(&rows.table_.family_, {path}, move);
  if (!status.ok()) return store_fault("load rows", status);
  rows.changes_ = {};
  return success();
}

Result<void> Store::replace(const std::shared_ptr<const Table>& table) {
  const TableId& id = table->id();
  rocksdb::WriteBatch batch;
  const auto put = batch.Put(default_family_, id.column_family(), pack(table->generation_));
  ENSURE(put.ok(), "a batch in memory takes a row");
  const auto status = db_->Write(without_wal(), &batch);
  if (!status.ok()) return store_fault("write which rows count", status);
  const std::lock_guard lock(mutex_);
  auto& counts = *std::ranges::find(tables_, id.name, [](const auto& t) { return t->id().name; });
  table->kept_ = true;
  replaced_.push_back(std::exchange(counts, table));
  return success();
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
    if (rows->changes_.bucket_count() > changes_kept) {
      rows->changes_ = {};
    } else {
      rows->changes_.clear();
    }
  }
  fail_point(FailPoint::before_projection_write);
  const auto status = db_->Write(without_wal(), &batch);
  if (!status.ok()) return store_fault("write rows", status);
  fail_point(FailPoint::after_projection_write);
  return success();
}

Result<void> Store::flush() {
  std::vector<rocksdb::ColumnFamilyHandle*> families{default_family_};
  std::vector<std::shared_ptr<const Table>> tables;
  std::vector<std::shared_ptr<const Table>> replaced;
  {
    const std::lock_guard lock(mutex_);
    tables = tables_;
    replaced.swap(replaced_);
  }
  for (const auto& table : tables) families.push_back(&table->family_);
  const auto status = db_->Flush(rocksdb::FlushOptions(), families);
  if (!status.ok()) return store_fault("flush rows", status);
  for (const auto& table : replaced) table->kept_ = false;
  return success();
}

// ---- Comparing ----------------------------------------------------------------------------------

Store::Moment::Moment(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
Store::Moment::~Moment() { db_.ReleaseSnapshot(snapshot_); }

Result<Comparison> Store::Moment::compare(const Table& live, const Table& rebuilt,
                                          const KeepOn& keep_on) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  options.fill_cache = false;  // what the questions need stays there
  const std::unique_ptr<rocksdb::Iterator> a(db_.NewIterator(options, &live.family_));
  const std::unique_ptr<rocksdb::Iterator> b(db_.NewIterator(options, &rebuilt.family_));
  Comparison out{.compared = true};
  a->SeekToFirst();
  b->SeekToFirst();
  for (; a->Valid() && b->Valid(); a->Next(), b->Next(), ++out.rows) {
    if (a->key() != b->key() || a->value() != b->value()) break;
    if (out.rows % rows_between_asking == 0) {
      TRY(keep_on());
    }
  }
  for (const auto* each : {a.get(), b.get()}) {
    if (!each->status().ok()) return store_fault("read rows", each->status());
  }
  if (a->Valid() || b->Valid()) out.first_difference = difference(*a, *b);
  return out;
}

}  // namespace boxoffice::projections
