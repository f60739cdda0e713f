// The head mark: how far the log was known to be durable, kept beside the log in a directory of its
// own. A log whose last file was deleted, cut or put back from an older copy is sound in itself;
// only a note kept elsewhere can say that it once went further.
//
// Two slot files are written in turn, each a whole record with a checksum, so that a crash in the
// middle of one leaves the other. The newest intact slot counts. Bytes: docs/formats/head.md.
//
// Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace rocksdb {
class FileSystem;
class FSRandomRWFile;
}  // namespace rocksdb

namespace boxoffice::engine::log {

inline constexpr std::size_t head_mark_bytes = 88;
inline constexpr std::uint16_t head_mark_format = 1;
inline constexpr std::array<const char*, 2> head_mark_slots = {"slot-0", "slot-1"};

struct HeadMark {
  std::uint64_t counter = 0;  ///< of marks written; the higher one is the newer
  Head head;                  ///< always the end of a frame
  std::size_t slot = 0;       ///< that it was read from
};

std::array<std::uint8_t, head_mark_bytes> encode_head_mark(const Head& head, std::uint64_t counter);

/// Faults: `newer_format` (intact, of a format that this build does not know), `corrupt`.
Result<HeadMark> decode_head_mark(std::span<const std::uint8_t> bytes);

/// The newest intact mark in `directory`; none when neither slot exists. Faults: `corrupt` (there
/// are slots and none is intact), `newer_format`, `io`. Also beside the process that writes them.
Result<std::optional<HeadMark>> read_head_mark(rocksdb::FileSystem& files,
                                               const std::filesystem::path& directory);

class HeadMarkWriter {
 public:
  /// Makes the directory and whichever slot does not hold `newest`, with `head` in it, durable.
  /// `newest` without a value: both slots are made anew, after `counter`.
  static Result<std::unique_ptr<HeadMarkWriter>> open(std::shared_ptr<rocksdb::FileSystem> files,
                                                      const std::filesystem::path& directory,
                                                      const std::optional<HeadMark>& newest,
                                                      std::uint64_t counter, const Head& head);
  ~HeadMarkWriter();

  /// Overwrites the older slot, durable on return. After a fault the slot is not to be relied on.
  Result<void> write(const Head& head);

 private:
  HeadMarkWriter(std::shared_ptr<rocksdb::FileSystem> files, std::filesystem::path directory);
  Result<void> create_slot(std::size_t slot, const Head& head);

  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::filesystem::path directory_;
  std::array<std::unique_ptr<rocksdb::FSRandomRWFile>, 2> slots_;
  std::uint64_t counter_ = 0;
  std::size_t older_ = 0;
};

}  // namespace boxoffice::engine::log
