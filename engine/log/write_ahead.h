// What the write-ahead files of a log hold, found out without changing anything. RocksDB's own
// recovery cannot tell a torn tail, which every crash may leave, from rot: it drops both or refuses
// both, and opening to write destroys the evidence. This looks first.
//
// How: every append is synced before the next one begins. So a crash can only harm the last record,
// and nothing may have been begun behind the harm. The whole records up to the first damage are
// walked, and the bytes behind it are searched:
//
//   a gap in the positions, or between the tables and them     rot: refused
//   damage behind which a further record was begun             rot: refused
//     (by the damaged record's own header, or by a sound piece further on)
//   other bytes behind the last whole record                   torn tail: to be dropped
//
// Threads: any. The caller holds the log's lock, or reads beside its owner.
#pragma once

#include <rocksdb/options.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

struct WriteAheadState {
  /// The end of the last whole frame, in tables or write-ahead files. None when that frame is
  /// damaged in itself: whoever reads it will say so.
  std::optional<Head> head = Head{};
  std::uint64_t torn_bytes = 0;     ///< behind the last whole record
  std::filesystem::path torn_file;  ///< that they are in; empty when there are none
};

/// Examines the database in `directory`, which has a CURRENT file. `database` and `frames` are the
/// settings that it is opened with. Faults: `corrupt` with file, place and position; `newer_format`
/// (intact, but not for this version); `io`.
Result<WriteAheadState> examine_write_ahead(const rocksdb::DBOptions& database,
                                            const rocksdb::ColumnFamilyOptions& frames,
                                            const std::filesystem::path& directory);

/// Where a record of `size` bytes ends that is written at `offset` of a write-ahead file: in blocks
/// of 32 KiB, each piece of it after a header of 7 bytes (RocksDB's log format).
std::uint64_t end_of_record(std::uint64_t offset, std::uint64_t size);

/// Whether bytes follow the end that the record at the beginning of `tail` gives itself. `offset`
/// is where `tail` stands in its file. A header that is no header says nothing: false.
bool record_was_followed(std::span<const std::uint8_t> tail, std::uint64_t offset);

/// Whether a sound piece that begins a record stands in `tail`, at byte `from` or later.
bool holds_a_record(std::span<const std::uint8_t> tail, std::uint64_t offset, std::uint64_t from);

}  // namespace boxoffice::engine::log
