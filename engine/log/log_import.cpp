#include "engine/log/log_import.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "engine/log/chain.h"
#include "engine/log/head_mark.h"
#include "engine/log/rocksdb_log.h"
#include "engine/log/rocksdb_settings.h"

namespace boxoffice::engine::log {

namespace {

class RocksdbImport : public LogImport {
 public:
  RocksdbImport(std::filesystem::path directory, std::filesystem::path head_directory,
                std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families)
      : directory_(std::move(directory)),
        head_directory_(std::move(head_directory)),
        db_(std::move(db)),
        families_(std::move(families)) {}
  ~RocksdbImport() override { close(); }

  Result<void> add(std::span<const std::uint8_t> bytes) override {
    const Position first = walk_.head().last.next();
    TRY(walk_.step(first, bytes));
    const auto key = to_big_endian(first.value);
    // Without write-ahead: nobody relies on a half-made log, and finish() makes tables of it all.
    rocksdb::WriteOptions write;
    write.disableWAL = true;
    return check(db_->Put(write, families_[1], {key.data(), key.size()},
                          {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }

  Result<Head> finish() override {
    TRY(check(db_->Flush({}, families_[1])));
    close();
    TRY(HeadMarkWriter::open(rocksdb::FileSystem::Default(), head_directory_, std::nullopt, 0,
                             walk_.head()));
    return walk_.head();
  }

 private:
  Result<void> check(const rocksdb::Status& status) const {
    if (status.ok()) return success();
    return to_fault(status, "cannot import into", directory_);
  }

  void close() {
    if (!db_) return;
    for (auto* family : families_) static_cast<void>(db_->DestroyColumnFamilyHandle(family));
    db_.reset();
  }

  const std::filesystem::path directory_;
  const std::filesystem::path head_directory_;
  std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> families_;  // default, frames
  ChainWalk walk_{Head{}};
};

}  // namespace

Result<std::unique_ptr<LogImport>> LogImport::create(const std::filesystem::path& directory,
                                                     const std::filesystem::path& head_directory) {
  if (std::filesystem::exists(directory)) {
    return fault(FaultKind::invalid, fmt::format("{}: exists already", directory.string()));
  }
  const RocksdbLogOptions options{.directory = directory};
  {
    // This also creates the directory, and sees that there is space.
    TRY(open_rocksdb_log(options));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(
      database_settings(options), directory.string(),
      {{rocksdb::kDefaultColumnFamilyName, {}}, {frames_family, frames_settings(options)}},
      &families, &db);
  if (!status.ok()) return to_fault(status, "cannot create", directory);
  return std::unique_ptr<LogImport>(new RocksdbImport(
      directory, head_directory, std::unique_ptr<rocksdb::DB>(db), std::move(families)));
}

}  // namespace boxoffice::engine::log
