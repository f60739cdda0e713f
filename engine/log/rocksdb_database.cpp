#include "engine/log/rocksdb_database.h"

#include <fmt/format.h>
#include <rocksdb/file_system.h>
#include <rocksdb/metadata.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/log/frame.h"
#include "engine/log/rocksdb_settings.h"
#include "engine/log/write_ahead.h"

namespace boxoffice::engine::log {

namespace {

// The running writer changes its files when a write buffer is full: once in many openings' time.
constexpr int read_only_attempts = 100;

using Families = std::vector<rocksdb::ColumnFamilyDescriptor>;

Families families_of(const RocksdbLogOptions& options) {
  return {{rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()},
          {frames_family, frames_settings(options)}};
}

// Keeps other processes out while the files are examined, before RocksDB itself takes the lock.
class LogLock {
 public:
  static Result<LogLock> take(std::shared_ptr<rocksdb::FileSystem> files,
                              const std::filesystem::path& directory) {
    rocksdb::FileLock* lock = nullptr;
    const auto status = files->LockFile((directory / "LOCK").string(), {}, &lock, nullptr);
    if (!status.ok()) return to_fault(status, "cannot lock", directory);
    return LogLock(std::move(files), lock);
  }
  LogLock(LogLock&& other) noexcept
      : files_(std::move(other.files_)), lock_(std::exchange(other.lock_, nullptr)) {}
  LogLock& operator=(LogLock&&) = delete;
  ~LogLock() {
    if (lock_ != nullptr) files_->UnlockFile(lock_, {}, nullptr).PermitUncheckedError();
  }

 private:
  LogLock(std::shared_ptr<rocksdb::FileSystem> files, rocksdb::FileLock* lock)
      : files_(std::move(files)), lock_(lock) {}

  std::shared_ptr<rocksdb::FileSystem> files_;
  rocksdb::FileLock* lock_;
};

constexpr std::string_view advice = "put the directory aside and restore a backup";

// RocksDB would make a new database where CURRENT is missing, or a new place for frames where the
// manifest was cut before it, and remove what is left of the old. `missing`: which of them.
Result<void> refuse_remains(const std::filesystem::path& directory, std::string_view missing) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const auto extension = entry.path().extension();
    const bool holds_data = extension == ".sst" || extension == ".log";
    if (!holds_data || entry.file_size(error) == 0) continue;
    return fault(
        FaultKind::corrupt,
        fmt::format("{}: {} is missing, and {} is there: part of the log was deleted; {}",
                    directory.string(), missing, entry.path().filename().string(), advice));
  }
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("cannot list {}: {}", directory.string(), error.message()));
  }
  return success();
}

// A crash may come between the making of the database and that of its column family.
bool has_frames(const rocksdb::DBOptions& database, const std::filesystem::path& directory) {
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(database, directory.string(), &names);
  if (!status.ok()) return true;  // opening will say what is wrong
  return std::find(names.begin(), names.end(), frames_family) != names.end();
}

Result<WriteAheadState> examine(const RocksdbLogOptions& options) {
  const auto settings = database_settings(options);
  std::error_code error;
  if (!std::filesystem::exists(options.directory / "CURRENT", error)) {
    TRY(refuse_remains(options.directory, "the file CURRENT"));
    return WriteAheadState{};
  }
  if (!has_frames(settings, options.directory)) {
    TRY(refuse_remains(options.directory, "the end of the MANIFEST"));
    return WriteAheadState{};
  }
  return examine_write_ahead(settings, frames_settings(options), options.directory);
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

Result<std::unique_ptr<Database>> open_as_it_is(const RocksdbLogOptions& options) {
  auto database = std::make_unique<Database>();
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::OpenForReadOnly(database_settings(options), options.directory.string(),
                                   families_of(options), &database->families, &db);
  if (!status.ok()) return to_fault(status, "cannot open the log in", options.directory);
  database->db.reset(db);
  return database;
}

std::vector<std::filesystem::path> tables_in(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".sst") out.push_back(entry.path());
  }
  return out;
}

// Up to where a table holds frames; none when it cannot be read: it was not finished.
Position end_of_table(const RocksdbLogOptions& options, const std::filesystem::path& path) {
  rocksdb::SstFileReader reader(
      rocksdb::Options(database_settings(options), frames_settings(options)));
  if (!reader.Open(path.string()).ok()) return {};
  const std::unique_ptr<rocksdb::Iterator> at(reader.NewIterator(rocksdb::ReadOptions()));
  at->SeekToLast();
  if (!at->Valid()) return {};
  const auto end = end_of_frame(*at);
  return end ? end.value().last : Position();
}

// A table that the manifest does not name is what a crash left of an unfinished one: its frames are
// in a write-ahead file, too. If they are nowhere else, the manifest lost its end; RocksDB would
// remove the table, and no word of an operator is meant for that. `tables`: listed before the
// database was opened, so that a running writer's new ones are not among them.
Result<void> refuse_orphans(const RocksdbLogOptions& options, const Database& database,
                            const std::vector<std::filesystem::path>& tables) {
  std::vector<rocksdb::LiveFileMetaData> live;
  database.db->GetLiveFilesMetaData(&live);
  TRY(const Head head, find_head(database, options.directory));
  for (const auto& table : tables) {
    const std::string name = "/" + table.filename().string();
    if (std::any_of(live.begin(), live.end(),
                    [&](const auto& file) { return file.name == name; })) {
      continue;
    }
    const Position end = end_of_table(options, table);
    if (end <= head.last) continue;
    return fault(FaultKind::corrupt,
                 fmt::format("{} holds events up to position {}, and the log's list of its files, "
                             "the MANIFEST, is without it and ends at position {}: the list is "
                             "damaged; {}",
                             table.string(), end.value, head.last.value, advice),
                 head.last.next());
  }
  return success();
}

Result<std::unique_ptr<Database>> try_to_read(const RocksdbLogOptions& options) {
  const auto settings = database_settings(options);
  if (!has_frames(settings, options.directory)) {
    TRY(refuse_remains(options.directory, "the end of the MANIFEST"));
    return no_log(options.directory);
  }
  const auto tables = tables_in(options.directory);
  const auto state = examine_write_ahead(settings, frames_settings(options), options.directory);
  if (!state) return state.error();
  TRY(auto database, open_as_it_is(options));
  TRY(refuse_orphans(options, *database, tables));
  return database;
}

// Opening to write changes files before it shows what they hold. So whoever may refuse the log sees
// it first.
Result<void> look_before_writing(const RocksdbLogOptions& options, const LookFirst& look) {
  if (!std::filesystem::exists(options.directory / "CURRENT")) return success();
  if (!has_frames(database_settings(options), options.directory)) return success();
  const auto tables = tables_in(options.directory);
  TRY(auto database, open_as_it_is(options));
  TRY(refuse_orphans(options, *database, tables));
  TRY(const Head head, find_head(*database, options.directory));
  return head == Head{} ? success() : look(std::move(database), head);
}

}  // namespace

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* family : families) {
    static_cast<void>(db->DestroyColumnFamilyHandle(family));
  }
}

std::unique_ptr<rocksdb::Iterator> Database::iterate() const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;  // a walk over the log would only wash the cache out
  return std::unique_ptr<rocksdb::Iterator>(db->NewIterator(options, frames()));
}

std::span<const std::uint8_t> as_bytes(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()};
}

Result<Position> key_of(const rocksdb::Iterator& at) {
  if (at.key().size() != sizeof(Position::rep)) {
    return fault(FaultKind::corrupt, "the log has a key that is not a position");
  }
  return Position(from_big_endian<Position::rep>(at.key().data()));
}

Result<Head> end_of_frame(const rocksdb::Iterator& at) {
  TRY(const Position key, key_of(at));
  TRY(const StoredFrame frame, decode_frame(key, as_bytes(at.value())));
  return Head{frame.last(), frame.hash};
}

Result<Head> find_head(const Database& database, const std::filesystem::path& directory) {
  const auto at = database.iterate();
  at->SeekToLast();
  if (at->Valid()) return end_of_frame(*at);
  if (!at->status().ok()) return to_fault(at->status(), "cannot read", directory);
  return Head{};
}

Fault no_log(const std::filesystem::path& directory) {
  return fault(FaultKind::not_found, fmt::format("there is no log in {}", directory.string()));
}

Fault ends_before_mark(const RocksdbLogOptions& options, Position last, Position mark) {
  const std::string head = options.head_directory.string();
  return fault(
      FaultKind::corrupt,
      fmt::format("the log in {} ends at position {}, but by its head mark in {} it was "
                  "durable up to position {}: its end is lost; restore a backup, or, to go "
                  "on without the lost events, create the file {}/{} and start again",
                  options.directory.string(), last.value, head, mark.value, head, accept_file),
      last.next());
}

Result<std::unique_ptr<Database>> open_to_write(const RocksdbLogOptions& options,
                                                const Head& expected, const LookFirst& look,
                                                LogOpening& found) {
  auto settings = database_settings(options);
  WriteAheadState state;
  {
    TRY(const LogLock lock, LogLock::take(settings.env->GetFileSystem(), options.directory));
    TRY(state, examine(options));
    TRY(look_before_writing(options, [&](auto read_only, const Head& head) -> Result<void> {
      if (state.head && state.head->last < expected.last) return success();  // refused below
      return look(std::move(read_only), head);
    }));
    if (state.head && state.head->last < expected.last) {
      return ends_before_mark(options, state.head->last, expected.last);
    }
  }
  auto database = std::make_unique<Database>();
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(settings, options.directory.string(), families_of(options),
                                        &database->families, &db);
  if (!status.ok()) return to_fault(status, "cannot open the log in", options.directory);
  database->db.reset(db);
  TRY(const Head head, find_head(*database, options.directory));
  if (state.head && head != *state.head) {
    return fault(
        FaultKind::corrupt,
        fmt::format("the log in {} was opened with its end at position {}, its files hold "
                    "events up to position {}: put the directory aside and restore a backup",
                    options.directory.string(), head.last.value, state.head->last.value));
  }
  found.dropped_bytes = state.torn_bytes;
  found.dropped_from = state.torn_file;
  return database;
}

// RocksDB reads the manifest first and the write-ahead files later. When the writer, in between,
// puts a write-ahead file's frames into a table and removes the file, they are in neither: RocksDB
// opens without a word and with a hole. It enters the table in the manifest before it removes the
// file, so a manifest that did not change means that nothing was missed. Damage that is not there
// in the same words at a second look was the writer at work.
Result<std::unique_ptr<Database>> open_to_read(const RocksdbLogOptions& options) {
  // A running writer replaces CURRENT in one step: it is never gone.
  if (!std::filesystem::exists(options.directory / "CURRENT")) {
    if (std::filesystem::exists(options.directory)) {
      TRY(refuse_remains(options.directory, "the file CURRENT"));
    }
    return no_log(options.directory);
  }
  std::string last_fault;
  bool ever_there = false;
  for (int attempt = 0; attempt < read_only_attempts; ++attempt) {
    const std::string before = manifest_state(options.directory);
    auto database = try_to_read(options);
    ever_there = ever_there || !before.empty();
    if (before.empty() || manifest_state(options.directory) != before) continue;
    if (database) return database;
    if (database.error().text == last_fault) return database.error();
    last_fault = database.error().text;
  }
  if (!ever_there) {
    return fault(FaultKind::corrupt,
                 fmt::format("{}: the file CURRENT does not name a MANIFEST that is there: part of "
                             "the log was deleted or damaged; {}",
                             options.directory.string(), advice));
  }
  return fault(FaultKind::unavailable,
               fmt::format("the log in {} changes faster than it can be opened",
                           options.directory.string()));
}

}  // namespace boxoffice::engine::log
