#include "engine/log/write_ahead.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <bit>
#include <boost/crc.hpp>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/log/frame.h"
#include "engine/log/rocksdb_settings.h"

namespace boxoffice::engine::log {

namespace {

constexpr std::uint64_t block_bytes = 32 * 1024;
constexpr std::uint64_t piece_header_bytes = 7;  // checksum 4, length 2, type 1

// The types of pieces; a record is one `full`, or `first`, any number of `middle`, and `last`.
enum Piece : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

// RocksDB's checksum of a piece: CRC-32C of its type and content, masked.
std::uint32_t checksum_of(std::span<const std::uint8_t> type_and_content) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(type_and_content.data(), type_and_content.size());
  return std::rotr(crc.checksum(), 15) + 0xa282ead8U;
}

// Whether an intact piece that begins a record stands at `at`.
bool record_begins(std::span<const std::uint8_t> bytes, std::uint64_t at, std::uint64_t room) {
  constexpr std::uint64_t batch_header_bytes = 12;  // sequence 8, count 4
  const std::uint8_t* p = bytes.data() + at;
  if (p[6] != full && p[6] != first) return false;
  const std::uint64_t size = p[4] | std::uint64_t{p[5]} << 8;
  if (size < batch_header_bytes || size > room || at + piece_header_bytes + size > bytes.size()) {
    return false;
  }
  const std::uint32_t checksum =
      p[0] | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 | std::uint32_t{p[3]} << 24;
  return checksum == checksum_of({p + 6, size + 1});
}

// Opening to look must not write a diary of its own, nor rotate the one that is there.
class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// The frame that a record puts into the log.
class FrameOfRecord : public rocksdb::WriteBatch::Handler {
 public:
  rocksdb::Status PutCF(std::uint32_t, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    if (key.size() != sizeof(Position::rep)) return rocksdb::Status::OK();
    const Position at(from_big_endian<Position::rep>(key.data()));
    auto decoded =
        decode_frame(at, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
    if (decoded) {
      frame = std::move(decoded.value());
    } else if (decoded.error().kind == FaultKind::newer_format) {
      newer = std::move(decoded.error());
    }
    return rocksdb::Status::OK();
  }

  std::optional<StoredFrame> frame;
  std::optional<Fault> newer;  // it is intact, and of a format that this version cannot read
};

// Where the last whole record ended.
struct Place {
  std::uint64_t file = 0;
  std::uint64_t offset = 0;
};

// Events that are missing though later ones are there.
struct Gap {
  Place behind;
  Position missing;
};

// Sees the whole records of the write-ahead files in order, up to the first damage, and keeps all
// of them from being loaded.
class RecordWalk : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "RecordWalk"; }

  void ColumnFamilyLogNumberMap(const std::map<std::uint32_t, std::uint64_t>& first_files,
                                const std::map<std::string, std::uint32_t>& families) override {
    const auto family = families.find(frames_family);
    if (family == families.end()) return;
    const auto found = first_files.find(family->second);
    if (found != first_files.end()) first_file = found->second;
  }

  WalProcessingOption LogRecordFound(unsigned long long file, const std::string&,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    if (file < first_file) return WalProcessingOption::kIgnoreCurrentRecord;
    FrameOfRecord record;
    static_cast<void>(batch.Iterate(&record));
    if (record.frame) {
      step(*record.frame);
    } else {
      head.reset();
    }
    if (!newer) newer = std::move(record.newer);
    ends[file] = end_of_record(ends[file], batch.GetDataSize());
    behind_ = {file, ends[file]};
    return WalProcessingOption::kIgnoreCurrentRecord;
  }

  std::uint64_t first_file = 0;                 // those before it are in tables already
  std::map<std::uint64_t, std::uint64_t> ends;  // of the last whole record of each file
  std::optional<Position> first;
  std::optional<Head> head;
  std::optional<Gap> gap;
  std::optional<Fault> newer;  // of the first frame that is

 private:
  void step(const StoredFrame& frame) {
    if (!first) first = frame.first;
    if (head && frame.first > head->last.next() && !gap) gap = Gap{behind_, head->last.next()};
    head = Head{frame.last(), frame.hash};
  }

  Place behind_;
};

std::filesystem::path file_of(const std::filesystem::path& directory, std::uint64_t number) {
  return directory / fmt::format("{:06}.log", number);
}

Fault rot(const std::filesystem::path& directory, const Place& behind, Position missing) {
  const std::string where =
      behind.file == 0 ? fmt::format("the log in {}", directory.string())
                       : fmt::format("{}, behind byte {}", file_of(directory, behind.file).string(),
                                     behind.offset);
  return fault(
      FaultKind::corrupt,
      fmt::format("{}: damaged at position {}, and later data are there: this is no crash, "
                  "acknowledged events are lost; put the directory aside and restore a "
                  "backup",
                  where, missing.value),
      missing);
}

struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;

  Opened() = default;
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    for (auto* family : families) static_cast<void>(db->DestroyColumnFamilyHandle(family));
  }
};

// Walks the write-ahead files; returns the end of the last frame in tables (none when damaged).
Result<std::optional<Head>> walk_files(rocksdb::DBOptions options,
                                       const rocksdb::ColumnFamilyOptions& frames,
                                       const std::filesystem::path& directory, RecordWalk& walk) {
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  // Not the mode that skips what is damaged: it never ends when damage looks like a record of a
  // recycled file, and it looks no further in a damaged block than we can.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.wal_filter = &walk;
  options.info_log = std::make_shared<SilentLogger>();
  options.max_open_files = 16;  // only the last table is looked at
  Opened opened;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(
      options, directory.string(),
      {{rocksdb::kDefaultColumnFamilyName, {}}, {frames_family, frames}}, &opened.families, &db);
  if (!status.ok()) return to_fault(status, "cannot open the log in", directory);
  opened.db.reset(db);
  const std::unique_ptr<rocksdb::Iterator> at(db->NewIterator({}, opened.families[1]));
  at->SeekToLast();
  if (!at->status().ok()) return to_fault(at->status(), "cannot read", directory);
  if (!at->Valid()) return std::optional(Head{});
  FrameOfRecord last_frame;
  static_cast<void>(last_frame.PutCF(0, at->key(), at->value()));
  if (last_frame.newer) return *last_frame.newer;
  if (!last_frame.frame) return std::optional<Head>();
  return std::optional(Head{last_frame.frame->last(), last_frame.frame->hash});
}

// A write-ahead file that counts, and the bytes behind its last whole record.
struct Tail {
  std::uint64_t file = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

Result<std::vector<Tail>> find_tails(rocksdb::FileSystem& files,
                                     const std::filesystem::path& directory,
                                     const RecordWalk& walk) {
  std::vector<std::string> names;
  auto status = files.GetChildren(directory.string(), {}, &names, nullptr);
  if (!status.ok()) return to_fault(status, "cannot list", directory);
  std::vector<Tail> tails;
  for (const std::string& name : names) {
    Tail tail;
    const auto number = std::from_chars(name.data(), name.data() + name.size(), tail.file);
    if (number.ec != std::errc() || std::string_view(number.ptr) != ".log") continue;
    if (tail.file < walk.first_file) continue;
    std::uint64_t size = 0;
    status = files.GetFileSize((directory / name).string(), {}, &size, nullptr);
    if (!status.ok()) return to_fault(status, "cannot examine", directory / name);
    const auto end = walk.ends.find(tail.file);
    tail.offset = end == walk.ends.end() ? 0 : end->second;
    if (size <= tail.offset) continue;
    tail.bytes = size - tail.offset;
    tails.push_back(tail);
  }
  std::sort(tails.begin(), tails.end(),
            [](const Tail& a, const Tail& b) { return a.file < b.file; });
  return tails;
}

// `behind_damage`: an earlier file is damaged, so that even a record at the very beginning of this
// one is a later one.
Result<bool> was_followed(rocksdb::FileSystem& files, const std::filesystem::path& path,
                          const Tail& tail, bool behind_damage) {
  std::string bytes;
  const auto status = rocksdb::ReadFileToString(&files, path.string(), &bytes);
  if (!status.ok()) return to_fault(status, "cannot read", path);
  if (bytes.size() <= tail.offset) return false;  // its owner took it back
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::span<const std::uint8_t> behind(data + tail.offset, bytes.size() - tail.offset);
  return record_was_followed(behind, tail.offset) ||
         holds_a_record(behind, tail.offset, behind_damage ? 0 : 1);
}

}  // namespace

std::uint64_t end_of_record(std::uint64_t offset, std::uint64_t size) {
  do {
    std::uint64_t left = block_bytes - offset % block_bytes;
    if (left < piece_header_bytes) {  // too small for a header: filled with zeros
      offset += left;
      left = block_bytes;
    }
    const std::uint64_t piece = std::min(size, left - piece_header_bytes);
    offset += piece_header_bytes + piece;
    size -= piece;
  } while (size > 0);
  return offset;
}

bool record_was_followed(std::span<const std::uint8_t> tail, std::uint64_t offset) {
  std::uint64_t at = 0;
  for (bool begun = false;; begun = true) {
    const std::uint64_t left = block_bytes - (offset + at) % block_bytes;
    if (left < piece_header_bytes) at += left;
    if (at + piece_header_bytes > tail.size()) return false;
    const std::uint64_t room = block_bytes - (offset + at) % block_bytes - piece_header_bytes;
    const std::uint64_t size = tail[at + 4] | std::uint64_t{tail[at + 5]} << 8;
    const std::uint8_t type = tail[at + 6];
    const bool ends = type == (begun ? last : full);
    if (!ends && type != (begun ? middle : first)) return false;
    if (size > room || (!ends && size != room)) return false;
    at += piece_header_bytes + size;
    if (ends) return at < tail.size();
  }
}

bool holds_a_record(std::span<const std::uint8_t> tail, std::uint64_t offset, std::uint64_t from) {
  for (std::uint64_t at = from; at + piece_header_bytes <= tail.size(); ++at) {
    const std::uint64_t left = block_bytes - (offset + at) % block_bytes;
    if (left < piece_header_bytes) continue;
    if (record_begins(tail, at, left - piece_header_bytes)) return true;
  }
  return false;
}

Result<WriteAheadState> examine_write_ahead(const rocksdb::DBOptions& database,
                                            const rocksdb::ColumnFamilyOptions& frames,
                                            const std::filesystem::path& directory) {
  RecordWalk walk;
  TRY(const auto tables, walk_files(database, frames, directory, walk));
  // Not damage: what follows it cannot be judged by this version.
  if (walk.newer) return *walk.newer;
  if (walk.gap) return rot(directory, walk.gap->behind, walk.gap->missing);
  if (tables && walk.first && *walk.first > tables->last.next()) {
    return rot(directory, {}, tables->last.next());
  }
  WriteAheadState state;
  state.head = tables;
  if (!walk.ends.empty()) state.head = walk.head;
  if (state.head && tables && tables->last > state.head->last) state.head = tables;
  rocksdb::FileSystem& files = *database.env->GetFileSystem();
  TRY(const auto tails, find_tails(files, directory, walk));
  for (const Tail& tail : tails) {
    const auto path = file_of(directory, tail.file);
    TRY(const bool followed, was_followed(files, path, tail, &tail != &tails.front()));
    if (followed) {
      return rot(directory, {tails.front().file, tails.front().offset},
                 state.head ? state.head->last.next() : Position(0));
    }
    state.torn_bytes += tail.bytes;
    state.torn_file = path;
  }
  return state;
}

}  // namespace boxoffice::engine::log
