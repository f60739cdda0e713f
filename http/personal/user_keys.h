// The keys that personal data is encrypted with, one for each user, in a file of their own.
//
// The log, the read models and the snapshots hold ciphertext only. To erase a person is to destroy
// their key: its bytes are overwritten where they stand, and nothing that was written with it can
// be read any more, in no copy of the log. docs/formats/user-keys.md describes the file.
//
// A key that was overwritten does not come back. So nothing is written to a file that could be
// somebody else's: it is locked, it must be one file under one name, and whoever destroys keys
// first asks whether they are the right ones.
//
// Threads: any; several may draw, read and destroy at once.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "base/ciphertext.h"
#include "base/ids.h"
#include "base/result.h"
#include "http/auth/open_file.h"

namespace boxoffice::http::personal {

/// Of XChaCha20-Poly1305.
using UserKey = std::array<std::uint8_t, 32>;

/// What there is under a key's number.
enum class KeyState {
  whole,
  destroyed,  ///< or never drawn
  damaged,
  another,  ///< a whole one, but not the one that was asked for
};

/// What to do when keys that the log names are missing.
enum class MissingKeys { refuse, give_up };

class UserKeys {
 public:
  /// Opens the file at `path` and locks it until the end. `last` is the highest key that the log
  /// names; none up to it is handed out again. A file is created when the log names none.
  /// Faults: `not_found` (it is missing, or empty), `corrupt` (it is no such file, or has fewer
  /// keys than the log names), unless these are given up; `locked`; `invalid` (it has a second
  /// name); `newer_format`, `no_space`, `io`.
  static Result<std::unique_ptr<UserKeys>> open(const std::filesystem::path& path, UserKeyId last,
                                                MissingKeys missing);

  /// A random key that nobody has, on disk when this returns. Faults: `no_space`, `io`.
  Result<UserKeyName> draw();

  /// `id` was drawn, and nothing was or will be kept that it encrypts: it may be drawn again.
  void give_back(const UserKeyName& key);

  /// None when it was destroyed, or never drawn. Faults: `corrupt`, `io`.
  Result<std::optional<UserKey>> find(UserKeyId id) const;

  /// Faults: `io`.
  Result<KeyState> state_of(const UserKeyName& key) const;

  /// The keys' bytes are gone from the disk when this returns; whether they were there before does
  /// not matter. Faults: `io`.
  Result<void> destroy(std::span<const UserKeyName> keys);

 private:
  explicit UserKeys(const std::filesystem::path& path, int flags);
  Result<void> take_hold(UserKeyId last, MissingKeys missing);
  Result<void> check_still_there() const;
  Result<void> write_header();
  Result<void> reserve();

  const std::filesystem::path path_;
  const auth::OpenFile file_;
  mutable std::shared_mutex slots_;  // a slot is read whole, before or after it was overwritten

  std::mutex drawing_;              // held over a sync, now and then
  std::uint32_t next_ = 0;          // the next id that was never drawn
  std::uint32_t reserved_end_ = 0;  // beyond the last one that is on disk

  std::mutex giving_back_;
  std::vector<UserKeyName> given_back_;
};

/// How many keys the file has room for, drawn or not; only looked at, also beside the process that
/// has it. Faults: `not_found`, `corrupt` (it is no such file, or was cut), `newer_format`, `io`.
Result<std::uint32_t> count_user_keys(const std::filesystem::path& path);

}  // namespace boxoffice::http::personal
