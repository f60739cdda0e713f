#include "http/personal/user_keys.h"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/ensure.h"
#include "http/auth/primitives.h"

namespace boxoffice::http::personal {

namespace {

namespace fs = std::filesystem;
using auth::system_fault;

// Slot 0 is the header, slot n the key n. A slot never straddles a sector, so it is written as a
// whole or not at all.
constexpr std::size_t slot_bytes = 64;
using Slot = std::array<std::uint8_t, slot_bytes>;

// A power cut costs at most so many keys that nobody used; one sync serves as many users.
constexpr std::uint32_t keys_per_sync = 64;

constexpr std::array<char, 4> file_magic{'B', 'X', 'U', 'K'};
constexpr std::uint8_t file_format = 1;

off_t offset_of(std::uint32_t slot) { return static_cast<off_t>(slot) * off_t{slot_bytes}; }

// The second half of a slot tells a key that was written from one that was damaged.
void write_check(Slot& slot, std::uint32_t id) {
  const auto name = to_big_endian(id);
  crypto_generichash_state state;
  crypto_generichash_init(&state, slot.data(), sizeof(UserKey), slot_bytes - sizeof(UserKey));
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(name.data()),
                            name.size());
  crypto_generichash_final(&state, slot.data() + sizeof(UserKey), slot_bytes - sizeof(UserKey));
}

Slot header_slot() {
  Slot header{};
  std::memcpy(header.data(), file_magic.data(), file_magic.size());
  header[file_magic.size()] = file_format;
  return header;
}

Result<void> write_at(const auth::OpenFile& file, const fs::path& path, const std::uint8_t* bytes,
                      std::size_t size, off_t offset) {
  while (size > 0) {
    const ssize_t written = ::pwrite(file.descriptor(), bytes, size, offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_fault("write", path);
    bytes += written;
    size -= static_cast<std::size_t>(written);
    offset += written;
  }
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

Fault too_old(const fs::path& path, std::uint32_t slots, std::uint32_t last) {
  return fault(FaultKind::corrupt,
               fmt::format("{} is older than the log: it has {} keys, the log names {}; put the "
                           "newer one back, or, to give up what the missing ones encrypt, "
                           "truncate -s {} it",
                           path.string(), slots - 1, last, offset_of(last + 1)));
}

Fault missing(const fs::path& path) {
  return fault(FaultKind::not_found,
               path.string() +
                   " is missing, but the log has users: put it back from where the keys are kept; "
                   "if it is lost, so is who they are: an empty file in its place says so");
}

}  // namespace

UserKeys::UserKeys(const fs::path& path, int flags) : path_(path), file_(path, flags, 0600) {}

Result<std::unique_ptr<UserKeys>> UserKeys::open(const fs::path& path, UserKeyId last) {
  auth::require_sodium();
  const int create = last ? 0 : O_CREAT;
  std::unique_ptr<UserKeys> keys(new UserKeys(path, O_RDWR | O_NOFOLLOW | create));
  if (!keys->file_.is_open()) {
    if (errno == ENOENT) return missing(path);
    return system_fault("open", path);
  }
  struct stat about {};
  if (::fstat(keys->file_.descriptor(), &about) != 0) return system_fault("read", path);
  const auto slots =
      static_cast<std::uint32_t>((about.st_size + off_t{slot_bytes} - 1) / off_t{slot_bytes});
  TRY(const Slot header, read_slot(keys->file_, path, 0));
  // Also a header that a power cut kept from the disk.
  if (slots <= 1 && sodium_is_zero(header.data(), header.size()) != 0) {
    TRY(keys->write_header());
  } else {
    TRY(check_header(header, path));
    if (slots <= last.value) return too_old(path, slots, last.value);
  }
  keys->next_ = std::max({slots, last.value + 1, 1U});
  keys->reserved_end_ = keys->next_;
  return keys;
}

Result<void> UserKeys::write_header() {
  const Slot header = header_slot();
  TRY(write_at(file_, path_, header.data(), header.size(), 0));
  return auth::sync_folder(path_.has_parent_path() ? path_.parent_path() : fs::path("."));
}

Result<void> UserKeys::reserve() {
  std::vector<std::uint8_t> block(keys_per_sync * slot_bytes);
  for (std::uint32_t i = 0; i < keys_per_sync; ++i) {
    Slot slot;
    randombytes_buf(slot.data(), sizeof(UserKey));
    write_check(slot, next_ + i);
    std::memcpy(block.data() + i * slot_bytes, slot.data(), slot_bytes);
    sodium_memzero(slot.data(), slot.size());
  }
  const auto written = write_at(file_, path_, block.data(), block.size(), offset_of(next_));
  sodium_memzero(block.data(), block.size());
  TRY(written);
  reserved_end_ = next_ + keys_per_sync;
  return success();
}

Result<UserKeyId> UserKeys::draw() {
  const std::lock_guard lock(mutex_);
  if (!given_back_.empty()) {
    const UserKeyId id = given_back_.back();
    given_back_.pop_back();
    return id;
  }
  ENSURE(next_ < std::numeric_limits<std::uint32_t>::max() - keys_per_sync, "keys run out of ids");
  if (next_ == reserved_end_) {
    TRY(reserve());
  }
  return UserKeyId(next_++);
}

void UserKeys::give_back(UserKeyId id) {
  const std::lock_guard lock(mutex_);
  ENSURE(id && id.value < next_, "a key that is given back was drawn");
  given_back_.push_back(id);
}

Result<std::optional<UserKey>> UserKeys::find(UserKeyId id) const {
  ENSURE(bool(id), "there is no key 0");
  TRY(Slot slot, read_slot(file_, path_, id.value));
  std::optional<UserKey> key;
  if (sodium_is_zero(slot.data(), slot.size()) != 0) return key;
  Slot expected = slot;
  write_check(expected, id.value);
  if (slot != expected) {
    return fault(FaultKind::corrupt,
                 fmt::format("{}: key {} is damaged; put the file back from where the keys are "
                             "kept",
                             path_.string(), id.value));
  }
  key.emplace();
  std::memcpy(key->data(), slot.data(), key->size());
  sodium_memzero(slot.data(), slot.size());
  sodium_memzero(expected.data(), expected.size());
  return key;
}

Result<void> UserKeys::destroy(UserKeyId id) {
  ENSURE(bool(id), "there is no key 0");
  TRY(Slot slot, read_slot(file_, path_, id.value));
  if (sodium_is_zero(slot.data(), slot.size()) != 0) return success();
  slot.fill(0);
  return write_at(file_, path_, slot.data(), slot.size(), offset_of(id.value));
}

}  // namespace boxoffice::http::personal
