// The RocksDB database that a log is kept in: how it is opened so that nothing is ever lost without
// a word, and where its last frame ends.
//
// Opening asks three witnesses: the write-ahead files as they are on disk (write_ahead.h), the head
// mark (head_mark.h), and what RocksDB has after its own recovery. It refuses unless they agree.
#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "engine/log/rocksdb_log.h"

namespace boxoffice::engine::log {

/// The database and its column families, closed in the right order.
struct Database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  ///< default, frames

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  rocksdb::ColumnFamilyHandle* frames() const { return families[1]; }
  std::unique_ptr<rocksdb::Iterator> iterate() const;
};

std::span<const std::uint8_t> as_bytes(const rocksdb::Slice& slice);

/// The position that the iterator stands at. REQUIRES: it is valid.
Result<Position> key_of(const rocksdb::Iterator& at);

/// The end of the frame that the iterator stands at. REQUIRES: it is valid.
Result<Head> end_of_frame(const rocksdb::Iterator& at);

/// The end of the last frame.
Result<Head> find_head(const Database& database, const std::filesystem::path& directory);

/// A crash may come before there is one, and leave a part of the database.
Fault no_log(const std::filesystem::path& directory);

/// The log ends at `last`, although its head mark is at `mark`.
Fault ends_before_mark(const RocksdbLogOptions& options, Position last, Position mark);

/// Shown the database, opened read-only, and the end of its last frame.
using LookFirst = std::function<Result<void>(std::unique_ptr<Database>, const Head&)>;

/// Opens the database, creating it when there is none. `expected`: how far it must reach at least.
/// `look`, unless there are no frames yet, is called before anything is written; its fault leaves
/// every file as it was. What was dropped is told in `found`.
Result<std::unique_ptr<Database>> open_to_write(const RocksdbLogOptions& options,
                                                const Head& expected, const LookFirst& look,
                                                LogOpening& found);

/// Opens the database beside whoever writes it.
Result<std::unique_ptr<Database>> open_to_read(const RocksdbLogOptions& options);

}  // namespace boxoffice::engine::log
