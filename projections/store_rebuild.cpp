// The part of the store that makes a table anew beside the one that counts.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/bytes.h"
#include "base/ensure.h"
#include "projections/store.h"
#include "projections/store_settings.h"

namespace boxoffice::projections {

namespace {

// Who compares is asked so often whether to go on.
constexpr std::uint64_t rows_between_asking = 10'000;
// More files than these are merged before the next one is loaded.
constexpr std::uint64_t unmerged_files_max = 12;

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
  // Not what it says: operators see this, and rows hold what only its owner should know.
  return fmt::format("row {} is not what it should be", hex(live.key()));
}
}  // namespace

Result<std::shared_ptr<const Table>> Store::create_beside(const TableId& id) {
  const std::lock_guard lock(mutex_);
  const std::uint32_t generation = ++newest_generation_;
  const std::string name = id.column_family(generation);
  TRY(const std::uint32_t edition, draw_edition(name));
  TRY(auto* const family, create_family(name));
  auto table = std::make_shared<const Table>(id, generation, edition, *db_, *family);
  table->kept_ = false;
  return table;
}

Result<void> Store::bulk_load(Rows& rows, Position cursor) {
  TRY(rows.table_.write_what_waits());  // before it, what comes after it
  rows.put(std::string(cursor_key), cursor);
  wait_for_merging(*db_, rows.table_.family_);
  const std::string path = bulk_file(directory_, ++bulk_files_);
  const auto options = rocksdb::Options(database_options(), family_options(cache_));
  rocksdb::SstFileWriter file(rocksdb::EnvOptions(options), options);
  auto status = file.Open(path);
  for (const auto* change : by_key(rows.changes_)) {
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
  auto& counts = tables_[place_of(id)];
  table->kept_ = true;
  replaced_.push_back(std::exchange(counts, table));
  return success();
}

// ---- Comparing ----------------------------------------------------------------------------------

Result<std::unique_ptr<Store::Moment>> Store::moment(std::span<const Table* const> tables) const {
  for (const Table* const table : tables) {
    TRY(table->write_what_waits());
  }
  return std::make_unique<Moment>(*db_);
}

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
