#include "engine/log/head_mark.h"

#include <fmt/format.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/fail_point.h"
#include "engine/log/directories.h"
#include "engine/log/rocksdb_settings.h"
#include "engine/log/sha256.h"

namespace boxoffice::engine::log {

namespace {

constexpr std::array<std::uint8_t, 4> magic = {'B', 'X', 'H', 'M'};
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t hash_at = head_mark_bytes - hash_bytes;

// A reader beside the writer may meet a slot in the middle of its writing, and by the time it has
// turned to the other one, that one.
constexpr int read_attempts = 3;

template <class T>
void put(std::uint8_t* at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <class T>
T get(const std::uint8_t* at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value | T{at[i]} << (8 * i));
  return value;
}

rocksdb::Slice as_slice(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<void> check(const rocksdb::IOStatus& status, const char* doing,
                   const std::filesystem::path& path) {
  if (status.ok()) return success();
  return to_fault(status, doing, path);
}

// What a look at both slots gave.
struct Look {
  bool exists = false;
  std::optional<HeadMark> newest;
  std::optional<Fault> newer_format;
};

Result<Look> look(rocksdb::FileSystem& files, const std::filesystem::path& directory) {
  Look found;
  for (std::size_t slot = 0; slot < head_mark_slots.size(); ++slot) {
    const auto path = directory / head_mark_slots[slot];
    std::string bytes;
    const auto status = rocksdb::ReadFileToString(&files, path.string(), &bytes);
    if (status.IsNotFound() || status.IsPathNotFound()) continue;
    if (!status.ok()) return to_fault(status, "cannot read", path);
    found.exists = true;
    auto mark =
        decode_head_mark({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!mark) {
      if (mark.error().kind == FaultKind::newer_format) found.newer_format = mark.error();
      continue;
    }
    mark.value().slot = slot;
    if (!found.newest || mark.value().counter > found.newest->counter) found.newest = mark.value();
  }
  return found;
}

}  // namespace

std::array<std::uint8_t, head_mark_bytes> encode_head_mark(const Head& head,
                                                           std::uint64_t counter) {
  std::array<std::uint8_t, head_mark_bytes> out{};
  std::copy(magic.begin(), magic.end(), out.begin());
  put(&out[4], head_mark_format);
  put(&out[6], static_cast<std::uint16_t>(head_mark_bytes));
  put(&out[8], counter);
  put(&out[16], head.last.value);
  std::copy(head.chain.bytes.begin(), head.chain.bytes.end(), out.begin() + 24);
  const Sha256 hash = sha256({out.data(), hash_at});
  std::copy(hash.bytes.begin(), hash.bytes.end(), out.begin() + hash_at);
  return out;
}

Result<HeadMark> decode_head_mark(std::span<const std::uint8_t> bytes) {
  const auto damaged = fault(FaultKind::corrupt, "the head mark is damaged");
  // In every format to come the hash of the rest stands at the end.
  if (bytes.size() < 8 + hash_bytes) return damaged;
  const Sha256 hash = sha256(bytes.first(bytes.size() - hash_bytes));
  if (std::memcmp(hash.bytes.data(), bytes.last(hash_bytes).data(), hash_bytes) != 0) {
    return damaged;
  }
  if (!std::equal(magic.begin(), magic.end(), bytes.begin())) return damaged;
  if (const auto format = get<std::uint16_t>(&bytes[4]); format != head_mark_format) {
    return fault(FaultKind::newer_format,
                 fmt::format("the head mark was written by a newer version of this program "
                             "(format {})",
                             format));
  }
  if (bytes.size() != head_mark_bytes || get<std::uint16_t>(&bytes[6]) != head_mark_bytes) {
    return damaged;
  }
  HeadMark mark{.counter = get<std::uint64_t>(&bytes[8]), .head = {}, .slot = 0};
  mark.head.last = Position(get<std::uint64_t>(&bytes[16]));
  std::copy_n(bytes.begin() + 24, mark.head.chain.bytes.size(), mark.head.chain.bytes.begin());
  return mark;
}

Result<std::optional<HeadMark>> read_head_mark(rocksdb::FileSystem& files,
                                               const std::filesystem::path& directory) {
  for (int attempt = 0; attempt < read_attempts; ++attempt) {
    TRY(const Look found, look(files, directory));
    // A newer version has been here: what the other slot says is of before.
    if (found.newer_format) return *found.newer_format;
    if (found.newest || !found.exists) return found.newest;
  }
  return fault(
      FaultKind::corrupt,
      fmt::format("both slots of the head mark in {} are damaged: whether the log's end is "
                  "missing cannot be told",
                  directory.string()));
}

HeadMarkWriter::HeadMarkWriter(std::shared_ptr<rocksdb::FileSystem> files,
                               std::filesystem::path directory)
    : files_(std::move(files)), directory_(std::move(directory)) {}

HeadMarkWriter::~HeadMarkWriter() = default;

Result<std::unique_ptr<HeadMarkWriter>> HeadMarkWriter::open(
    std::shared_ptr<rocksdb::FileSystem> files, const std::filesystem::path& directory,
    const std::optional<HeadMark>& newest, std::uint64_t counter, const Head& head) {
  std::unique_ptr<HeadMarkWriter> writer(new HeadMarkWriter(std::move(files), directory));
  rocksdb::FileSystem& fs = *writer->files_;
  TRY(make_directories(fs, directory));
  writer->counter_ = newest ? newest->counter : counter;
  for (std::size_t slot = 0; slot < head_mark_slots.size(); ++slot) {
    if (newest && newest->slot == slot) continue;
    TRY(writer->create_slot(slot, head));
  }
  TRY(sync_directory(fs, directory));
  // Also when an earlier start that was killed made the directory.
  TRY(sync_directory(fs, directory.has_parent_path() ? directory.parent_path() : "."));
  for (std::size_t slot = 0; slot < head_mark_slots.size(); ++slot) {
    const auto path = directory / head_mark_slots[slot];
    TRY(check(fs.NewRandomRWFile(path.string(), {}, &writer->slots_[slot], nullptr), "cannot open",
              path));
  }
  writer->older_ = newest ? newest->slot : 0;
  return writer;
}

Result<void> HeadMarkWriter::create_slot(std::size_t slot, const Head& head) {
  const auto path = directory_ / head_mark_slots[slot];
  const auto record = encode_head_mark(head, ++counter_);
  const auto status =
      rocksdb::WriteStringToFile(files_.get(), as_slice(record), path.string(), true);
  if (!status.ok()) return to_fault(status, "cannot write", path);
  return success();
}

Result<void> HeadMarkWriter::write(const Head& head) {
  const auto path = directory_ / head_mark_slots[older_];
  const auto record = encode_head_mark(head, ++counter_);
  auto& slot = *slots_[older_];
  fail_point(FailPoint::before_head_mark);
  TRY(check(slot.Write(0, as_slice(record), {}, nullptr), "cannot write", path));
  TRY(check(slot.Sync({}, nullptr), "cannot sync", path));
  fail_point(FailPoint::after_head_mark);
  older_ = 1 - older_;
  return success();
}

}  // namespace boxoffice::engine::log
