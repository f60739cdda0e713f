#include "http/personal/user_keys.h"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/ensure.h"
#include "base/fail_point.h"
#include "http/auth/primitives.h"

namespace boxoffice::http::personal {

namespace {

namespace fs = std::filesystem;
using auth::system_fault;

// Slot 0 is the header, slot n the key n. A slot never straddles a sector, so it is written as a
// whole or not at all.
constexpr std::size_t slot_bytes = 64;
constexpr std::size_t check_bytes = slot_bytes - sizeof(UserKey);
using Slot = std::array<std::uint8_t, slot_bytes>;

// One sync serves as many users; a stop or a power cut costs at most so many keys that nobody used.
constexpr std::uint32_t keys_per_sync = 64;

constexpr std::array<char, 4> file_magic{'B', 'X', 'U', 'K'};
constexpr std::uint8_t file_format = 1;

off_t offset_of(std::uint32_t slot) { return static_cast<off_t>(slot) * off_t{slot_bytes}; }

bool is_zero(const Slot& slot) { return sodium_is_zero(slot.data(), slot.size()) != 0; }

// The second half of a slot tells a key that was written from one that was damaged.
void write_check(Slot& slot, std::uint32_t id) {
  const auto name = to_big_endian(id);
  crypto_generichash_state state;
  crypto_generichash_init(&state, slot.data(), sizeof(UserKey), check_bytes);
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(name.data()),
                            name.size());
  crypto_generichash_final(&state, slot.data() + sizeof(UserKey), check_bytes);
}

bool is_whole(const Slot& slot, std::uint32_t id) {
  Slot expected = slot;
  write_check(expected, id);
  const bool whole = slot == expected;
  sodium_memzero(expected.data(), expected.size());
  return whole;
}

// What the log knows of a key: the beginning of its check.
UserKeyName name_of(const Slot& slot, std::uint32_t id) {
  UserKeyName name{UserKeyId(id), {}};
  static_assert(sizeof name.check.bytes <= check_bytes);
  std::copy_n(slot.begin() + sizeof(UserKey), name.check.bytes.size(), name.check.bytes.begin());
  return name;
}

Slot header_slot() {
  Slot header{};
  std::memcpy(header.data(), file_magic.data(), file_magic.size());
  header[file_magic.size()] = file_format;
  return header;
}

Result<void> write_at(const auth::OpenFile& file, const fs::path& path,
                      std::span<const std::uint8_t> bytes, off_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.descriptor(), bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_fault("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
  return success();
}

Result<void> sync(const auth::OpenFile& file, const fs::path& path) {
  if (::fdatasync(file.descriptor()) != 0) return system_fault("sync", path);
  return success();
}

// Zeros beyond the end of the file.
Result<Slot> read_slot(const auth::OpenFile& file, const fs::path& path, std::uint32_t slot) {
  Slot bytes{};
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::pread(file.descriptor(), bytes.data() + size, bytes.size() - size,
                                offset_of(slot) + static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_fault("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<void> check_header(const Slot& header, const fs::path& path) {
  if (header == header_slot()) return success();
  if (std::equal(file_magic.begin(), file_magic.end(), header.begin()) &&
      header[file_magic.size()] > file_format) {
    return fault(FaultKind::newer_format,
                 path.string() + " was written by a newer version of this program");
  }
  return fault(FaultKind::corrupt, path.string() +
                                       " is not a file of user keys, or its header is damaged; put "
                                       "it back from where the keys are kept");
}

Fault are_missing(const fs::path& path, std::uint32_t there, std::uint32_t named) {
  const FaultKind kind = there == 0 ? FaultKind::not_found : FaultKind::corrupt;
  return fault(kind, fmt::format("{} has {} keys, the log names {}: put the file back from where "
                                 "the keys are kept",
                                 path.string(), there, named));
}

}  // namespace

UserKeys::UserKeys(const fs::path& path, int flags) : path_(path), file_(path, flags, 0600) {}

Result<std::unique_ptr<UserKeys>> UserKeys::open(const fs::path& path, UserKeyId last,
                                                 MissingKeys missing) {
  auth::require_sodium();
  const bool may_create = !last || missing == MissingKeys::give_up;
  std::unique_ptr<UserKeys> keys(
      new UserKeys(path, O_RDWR | O_NOFOLLOW | (may_create ? O_CREAT : 0)));
  if (!keys->file_.is_open()) {
    if (errno == ENOENT && !may_create) return are_missing(path, 0, last.value);
    return system_fault("open", path);
  }
  TRY(keys->take_hold(last, missing));
  return keys;
}

Result<void> UserKeys::take_hold(UserKeyId last, MissingKeys missing) {
  if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_fault("lock", path_);
    return fault(FaultKind::locked, path_.string() + " is in use by another process");
  }
  struct stat about {};
  if (::fstat(file_.descriptor(), &about) != 0) return system_fault("examine", path_);
  // Under its other name it may be the keys of another data directory.
  if (about.st_nlink > 1) {
    return fault(FaultKind::invalid,
                 path_.string() + " is one file under two names (a hard link): copy it instead");
  }
  const auto slots =
      static_cast<std::uint32_t>((about.st_size + off_t{slot_bytes} - 1) / off_t{slot_bytes});
  TRY(const Slot header, read_slot(file_, path_, 0));
  // Also a header that a power cut kept from the disk.
  const bool is_new = slots <= 1 && is_zero(header);
  if (!is_new) {
    TRY(check_header(header, path_));
  }
  if (slots <= last.value && last && missing == MissingKeys::refuse) {
    return are_missing(path_, is_new ? 0 : slots - 1, last.value);
  }
  if (is_new) {
    TRY(write_header());
  }
  next_ = std::max({slots, last.value + 1, 1U});
  reserved_end_ = next_;
  return success();
}

// A file that was replaced while the program runs would take keys, or keep them, unseen.
Result<void> UserKeys::check_still_there() const {
  struct stat held {};
  struct stat named {};
  if (::fstat(file_.descriptor(), &held) != 0) return system_fault("examine", path_);
  if (::stat(path_.c_str(), &named) != 0) return system_fault("examine", path_);
  if (held.st_ino == named.st_ino && held.st_dev == named.st_dev && held.st_nlink == 1) {
    return success();
  }
  return fault(FaultKind::io, path_.string() + " was replaced while the program was running");
}

Result<void> UserKeys::write_header() {
  TRY(write_at(file_, path_, header_slot(), 0));
  TRY(sync(file_, path_));
  return auth::sync_folder(path_.has_parent_path() ? path_.parent_path() : fs::path("."));
}

Result<void> UserKeys::reserve() {
  TRY(check_still_there());
  std::vector<std::uint8_t> block(keys_per_sync * slot_bytes);
  for (std::uint32_t i = 0; i < keys_per_sync; ++i) {
    Slot slot;
    randombytes_buf(slot.data(), sizeof(UserKey));
    write_check(slot, next_ + i);
    std::memcpy(block.data() + i * slot_bytes, slot.data(), slot_bytes);
    sodium_memzero(slot.data(), slot.size());
  }
  auto written = write_at(file_, path_, block, offset_of(next_));
  if (written) written = sync(file_, path_);
  sodium_memzero(block.data(), block.size());
  TRY(written);
  reserved_end_ = next_ + keys_per_sync;
  return success();
}

Result<UserKeyName> UserKeys::draw() {
  {
    const std::lock_guard lock(giving_back_);
    if (!given_back_.empty()) {
      const UserKeyName key = given_back_.back();
      given_back_.pop_back();
      return key;
    }
  }
  const std::lock_guard lock(drawing_);
  ENSURE(next_ < std::numeric_limits<std::uint32_t>::max() - keys_per_sync, "keys run out of ids");
  if (next_ == reserved_end_) {
    TRY(reserve());
  }
  TRY(Slot slot, read_slot(file_, path_, next_));
  if (!is_whole(slot, next_)) {
    return fault(FaultKind::corrupt, path_.string() + " was changed while the program was running");
  }
  const UserKeyName key = name_of(slot, next_++);
  sodium_memzero(slot.data(), slot.size());
  return key;
}

void UserKeys::give_back(const UserKeyName& key) {
  const std::lock_guard lock(giving_back_);
  given_back_.push_back(key);
}

Result<std::optional<UserKey>> UserKeys::find(UserKeyId id) const {
  ENSURE(bool(id), "there is no key 0");
  const std::shared_lock lock(slots_);
  TRY(Slot slot, read_slot(file_, path_, id.value));
  std::optional<UserKey> key;
  if (is_zero(slot)) return key;
  if (!is_whole(slot, id.value)) {
    return fault(FaultKind::corrupt,
                 fmt::format("{}: key {} is damaged; put the file back from where the keys are "
                             "kept",
                             path_.string(), id.value));
  }
  key.emplace();
  std::memcpy(key->data(), slot.data(), key->size());
  sodium_memzero(slot.data(), slot.size());
  return key;
}

Result<KeyState> UserKeys::state_of(const UserKeyName& key) const {
  TRY(Slot slot, read_slot(file_, path_, key.id.value));
  if (is_zero(slot)) return KeyState::destroyed;
  const bool same = name_of(slot, key.id.value) == key;
  const bool whole = is_whole(slot, key.id.value);
  sodium_memzero(slot.data(), slot.size());
  if (!whole) return KeyState::damaged;
  return same ? KeyState::whole : KeyState::another;
}

Result<void> UserKeys::destroy(std::span<const UserKeyName> keys) {
  if (keys.empty()) return success();
  TRY(check_still_there());
  fail_point(FailPoint::before_key_destruction);
  // Written also where zeros are read: they may be in the page cache alone, after a failed sync.
  for (const UserKeyName& key : keys) {
    ENSURE(bool(key.id), "there is no key 0");
    const std::unique_lock lock(slots_);
    TRY(write_at(file_, path_, Slot{}, offset_of(key.id.value)));
  }
  TRY(sync(file_, path_));
  fail_point(FailPoint::after_key_destruction);
  return success();
}

Result<std::uint32_t> count_user_keys(const fs::path& path) {
  const auth::OpenFile file(path, O_RDONLY | O_NOFOLLOW, 0);
  if (!file.is_open()) return system_fault("open", path);
  struct stat about {};
  if (::fstat(file.descriptor(), &about) != 0) return system_fault("examine", path);
  TRY(const Slot header, read_slot(file, path, 0));
  TRY(check_header(header, path));
  // It grows by whole slots within one page each, so not even a power cut leaves part of one.
  if (about.st_size % off_t{slot_bytes} != 0) {
    return fault(FaultKind::corrupt, path.string() + " ends within a key: it was cut");
  }
  return static_cast<std::uint32_t>(about.st_size / off_t{slot_bytes} - 1);
}

}  // namespace boxoffice::http::personal
