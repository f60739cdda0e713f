#include "engine/log/rocksdb_log.h"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <fstream>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "engine/log/chain.h"
#include "engine/log/frame.h"
#include "engine/log/rocksdb_settings.h"

namespace boxoffice::engine::log {

namespace {

// The running writer changes its files when a write buffer is full: once in many openings' time.
constexpr int read_only_attempts = 100;

// The database and its column families, closed in the right order.
struct Database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // default, frames

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    for (rocksdb::ColumnFamilyHandle* family : families) {
      static_cast<void>(db->DestroyColumnFamilyHandle(family));
    }
  }

  rocksdb::ColumnFamilyHandle* frames() const { return families[1]; }

  std::unique_ptr<rocksdb::Iterator> iterate() const {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;  // a walk over the log would only wash the cache out
    return std::unique_ptr<rocksdb::Iterator>(db->NewIterator(options, frames()));
  }
};

std::span<const std::uint8_t> as_bytes(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()};
}

rocksdb::Slice as_slice(const std::array<char, 8>& key) { return {key.data(), key.size()}; }

// The position that the iterator stands at. REQUIRES: it is valid.
Result<Position> key_of(const rocksdb::Iterator& at) {
  if (at.key().size() != sizeof(Position::rep)) {
    return fault(FaultKind::corrupt, "the log has a key that is not a position");
  }
  return Position(from_big_endian<Position::rep>(at.key().data()));
}

// The end of the frame that the iterator stands at. REQUIRES: it is valid.
Result<Head> end_of_frame(const rocksdb::Iterator& at) {
  TRY(const Position key, key_of(at));
  TRY(const StoredFrame frame, decode_frame(key, as_bytes(at.value())));
  return Head{frame.last(), frame.hash};
}

class RocksdbCursor : public FrameCursor {
 public:
  RocksdbCursor(std::unique_ptr<rocksdb::Iterator> at, Position from, const Head& end,
                std::filesystem::path directory)
      : at_(std::move(at)), from_(from), end_(end), directory_(std::move(directory)) {}

  Result<std::optional<StoredFrame>> next() override {
    if (returned_) at_->Next();
    returned_ = false;
    if (from_ > end_.last || end_ == Head{}) return std::optional<StoredFrame>();
    if (!walk_) {
      TRY(const Head before, seek());
      walk_.emplace(before);
    }
    if (walk_->head().last >= end_.last) return finish();
    if (!at_->Valid()) return ended_early();
    TRY(const Position key, key_of(*at_));
    TRY(StoredFrame frame, walk_->step(key, as_bytes(at_->value())));
    returned_ = true;
    return std::optional(std::move(frame));
  }
  std::span<const std::uint8_t> bytes() const override { return as_bytes(at_->value()); }

 private:
  // Stands the iterator at the frame that holds `from_`; returns the end of the one before it.
  Result<Head> seek() {
    at_->SeekForPrev(as_slice(to_big_endian(from_.value)));
    if (at_->Valid()) at_->Prev();
    TRY(check_status());
    if (!at_->Valid()) {
      at_->SeekToFirst();
      return Head{};
    }
    TRY(const Head before, end_of_frame(*at_));
    at_->Next();
    return before;
  }

  Result<std::optional<StoredFrame>> finish() const {
    if (walk_->head() != end_) {
      return fault(FaultKind::corrupt, fmt::format("the frame that ends at position {} is not the "
                                                   "log's head",
                                                   walk_->head().last.value));
    }
    return std::optional<StoredFrame>();
  }

  // An iterator that meets a damaged table simply ends: its status says why.
  Fault ended_early() const {
    const auto status = check_status();
    if (!status) return status.error();
    return fault(FaultKind::corrupt,
                 fmt::format("events from position {} are missing: the log ends, its head is {}",
                             walk_->head().last.next().value, end_.last.value));
  }

  Result<void> check_status() const {
    if (at_->status().ok()) return success();
    return to_fault(at_->status(), "cannot read", directory_);
  }

  std::unique_ptr<rocksdb::Iterator> at_;
  const Position from_;
  const Head end_;
  const std::filesystem::path directory_;
  std::optional<ChainWalk> walk_;
  bool returned_ = false;  // the frame that the iterator stands at
};

class RocksdbLog : public EventLog {
 public:
  RocksdbLog(const RocksdbLogOptions& options, std::unique_ptr<Database> database, const Head& head)
      : options_(options), database_(std::move(database)), head_(head) {}

  AppendOutcome append(const FrameDraft& draft) override {
    if (options_.read_only) {
      return {AppendStatus::fenced, fault(FaultKind::invalid, "the log was opened read-only")};
    }
    // The failed write may be on disk all the same: nothing can be known to follow it.
    if (failure_) return {AppendStatus::unknown, *failure_};
    const Sha256 hash = encode_frame(draft, head_, options_.logic_version, buffer_);
    const auto key = to_big_endian(draft.first.value);
    rocksdb::WriteOptions write;
    write.sync = true;
    const auto status = database_->db->Put(
        write, database_->frames(), as_slice(key),
        rocksdb::Slice(reinterpret_cast<const char*>(buffer_.data()), buffer_.size()));
    if (!status.ok()) {
      failure_ = to_fault(status, "cannot append to", options_.directory);
      return {AppendStatus::unknown, *failure_};
    }
    const std::lock_guard lock(mutex_);
    head_ = Head{Position(draft.first.value + draft.count - 1), hash};
    return {AppendStatus::durable, {}};
  }

  Head head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  std::unique_ptr<FrameCursor> read(Position from) const override {
    // In this order: the iterator then sees at least everything up to the head.
    const Head end = head();
    return std::make_unique<RocksdbCursor>(database_->iterate(), from, end, options_.directory);
  }

 private:
  const RocksdbLogOptions options_;
  const std::unique_ptr<Database> database_;
  std::vector<std::uint8_t> buffer_;  // the frame being appended
  std::optional<Fault> failure_;      // of the first append that failed
  mutable std::mutex mutex_;
  Head head_;  // written by the appending thread only, under mutex_
};

Result<void> prepare_directory(const RocksdbLogOptions& options) {
  const std::string name = options.directory.string();
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    return fault(FaultKind::io, fmt::format("cannot create {}: {}", name, error.message()));
  }
  const auto space = std::filesystem::space(options.directory, error);
  if (error) {
    return fault(FaultKind::io, fmt::format("cannot examine {}: {}", name, error.message()));
  }
  if (space.available < options.free_space_min_bytes) {
    return fault(FaultKind::no_space,
                 fmt::format("{}: {} MiB are free, {} are needed to open the log safely", name,
                             space.available >> 20, options.free_space_min_bytes >> 20));
  }
  return success();
}

using Families = std::vector<rocksdb::ColumnFamilyDescriptor>;

Result<std::unique_ptr<Database>> open_to_write(const RocksdbLogOptions& options,
                                                const Families& families) {
  auto database = std::make_unique<Database>();
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(database_settings(options), options.directory.string(),
                                        families, &database->families, &db);
  if (!status.ok()) return to_fault(status, "cannot open the log in", options.directory);
  database->db.reset(db);
  return database;
}

// Which files make up the database is a journal of its own, the manifest. This is how far it has
// come; empty when it is just being replaced.
std::string manifest_state(const std::filesystem::path& directory) {
  std::ifstream current(directory / "CURRENT");
  std::string name;
  std::getline(current, name);
  std::error_code error;
  const auto size = std::filesystem::file_size(directory / name, error);
  if (error) return {};
  return fmt::format("{} {}", name, size);
}

// RocksDB reads the manifest first and the write-ahead files later. When the writer, in between,
// puts a write-ahead file's frames into a table and removes the file, they are in neither: RocksDB
// opens without a word and with a hole. It enters the table in the manifest before it removes the
// file, so a manifest that did not change means that nothing was missed.
Result<std::unique_ptr<Database>> open_to_read(const RocksdbLogOptions& options,
                                               const Families& families) {
  rocksdb::Status status;
  for (int attempt = 0; attempt < read_only_attempts; ++attempt) {
    const std::string before = manifest_state(options.directory);
    auto database = std::make_unique<Database>();
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(database_settings(options), options.directory.string(),
                                          families, &database->families, &db);
    database->db.reset(db);
    const bool changed = before.empty() || manifest_state(options.directory) != before;
    if (status.ok() && !changed) return database;
    if (!status.ok() && !changed) break;
  }
  if (!status.ok()) return to_fault(status, "cannot open the log in", options.directory);
  return fault(FaultKind::unavailable,
               fmt::format("the log in {} changes faster than it can be opened",
                           options.directory.string()));
}

Result<Head> find_head(const Database& database, const std::filesystem::path& directory) {
  const auto at = database.iterate();
  at->SeekToLast();
  if (at->Valid()) return end_of_frame(*at);
  if (!at->status().ok()) return to_fault(at->status(), "cannot read", directory);
  return Head{};
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_rocksdb_log(const RocksdbLogOptions& options) {
  if (!options.read_only) {
    TRY(prepare_directory(options));
  } else if (!std::filesystem::exists(options.directory / "CURRENT")) {
    return fault(FaultKind::not_found,
                 fmt::format("there is no log in {}", options.directory.string()));
  }
  const Families families{{rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()},
                          {frames_family, frames_settings(options)}};
  TRY(auto database,
      options.read_only ? open_to_read(options, families) : open_to_write(options, families));
  TRY(const Head head, find_head(*database, options.directory));
  return std::make_unique<RocksdbLog>(options, std::move(database), head);
}

}  // namespace boxoffice::engine::log
