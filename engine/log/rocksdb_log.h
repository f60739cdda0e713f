// The event log in RocksDB: one database, column family `frames`, one key per frame (the first
// position, 8 bytes big endian) and one synced write per append. Why each setting is as it is
// stands in rocksdb_settings.cpp.
//
// Opening tells a torn tail, which every crash may leave and which is dropped, from rot, which is
// refused (write_ahead.h), and holds the log against its head mark (head_mark.h). Reading checks
// every frame it passes (checksum, chain, sequence), so a replay from the beginning verifies the
// whole log.
//
// Opening read-only works beside the process that writes; it sees whole frames up to some moment
// during open, the last of which may not be synced yet, and is not told of later ones.
//
// Threads: as EventLog. Cursors must be destroyed before their log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace boxoffice::engine::log {

struct RocksdbLogOptions {
  std::filesystem::path directory;  ///< created, with its parents, when missing
  /// The head mark's directory, beside the log's: created when missing. Empty: none is kept, and a
  /// log that lost its end goes unnoticed.
  std::filesystem::path head_directory{};
  bool read_only = false;
  std::uint32_t logic_version = 0;  ///< of the domain that writes; recorded in every frame
  /// Events are kept in memory (and in write-ahead files) up to this before they become a table.
  std::size_t write_buffer_bytes = 64 << 20;
  /// RocksDB aborts the process when it is opened on a full disk, and opening may write what the
  /// last run held in memory: below this, opening is refused. Twice the write buffer.
  std::uintmax_t free_space_min_bytes = 128 << 20;
  /// Called, when the log is opened to write and holds events, with what it holds, before a byte of
  /// any file is written. Its fault refuses the log, which then is as it was.
  std::function<Result<void>(const EventLog&)> before_writing{};
  /// Called once, from a thread of the log's, when the head mark could not be written: no append is
  /// taken after it, so the process may as well end.
  std::function<void(const Fault&)> on_fault{};
  rocksdb::Env* env = nullptr;  ///< the operating system; tests stand a failing one in here
};

/// The file in the head mark's directory by which an operator accepts a log as it is, against its
/// head mark or without one. It is removed when that was done.
inline constexpr const char* accept_file = "accept";

/// What opening a log to write found that an operator should know.
struct LogOpening {
  std::uint64_t dropped_bytes = 0;     ///< of a torn tail: a frame that was never acknowledged
  std::filesystem::path dropped_from;  ///< the file that they were in
  bool accepted = false;               ///< at an operator's word, by `accept_file`
};

/// Opens the log, creating it unless read-only. Faults: `locked` (another process writes it),
/// `not_found` (read-only and there is none), `corrupt` (damaged, or not what its head mark says:
/// every event that is there stays), `newer_format`, `no_space`, `io`, or that of `before_writing`.
/// A log that is refused for what is in it is left exactly as it was.
Result<std::unique_ptr<EventLog>> open_rocksdb_log(const RocksdbLogOptions& options,
                                                   LogOpening* found = nullptr);

}  // namespace boxoffice::engine::log
