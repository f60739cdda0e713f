// The keys that personal data is encrypted with, one for each user, in a file of their own.
//
// The log, the read models and the snapshots hold ciphertext only. To erase a person is to destroy
// their key: its bytes are overwritten where they stand, and nothing that was written with it can
// be read any more, in no copy of the log. docs/formats/user-keys.md describes the file.
//
// Threads: any; two may draw, read and destroy at once.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "http/auth/open_file.h"

namespace boxoffice::http::personal {

/// Of XChaCha20-Poly1305.
using UserKey = std::array<std::uint8_t, 32>;

class UserKeys {
 public:
  /// Opens the file at `path`. `last` is the highest key that the log names; none is handed out
  /// again. A file that is missing is created when the log names no key, and refused otherwise; an
  /// empty one is a person's word that the keys are lost, and is made anew.
  /// Faults: `not_found`; `corrupt` (not such a file, or older than the log); `newer_format`;
  /// `no_space`, `io`. All say what to do.
  static Result<std::unique_ptr<UserKeys>> open(const std::filesystem::path& path, UserKeyId last);

  /// A random key that nobody has, on disk when this returns. Faults: `no_space`, `io`.
  Result<UserKeyId> draw();

  /// `id` was drawn, and nothing was or will be kept that it encrypts: it may be drawn again.
  void give_back(UserKeyId id);

  /// None when it was destroyed, or never drawn. Faults: `corrupt`, `io`.
  Result<std::optional<UserKey>> find(UserKeyId id) const;

  /// The key's bytes are gone from the file, on disk, when this returns; no fault if they already
  /// were. Faults: `io`.
  Result<void> destroy(UserKeyId id);

 private:
  UserKeys(const std::filesystem::path& path, int flags);
  Result<void> write_header();
  Result<void> reserve();

  const std::filesystem::path path_;
  const auth::OpenFile file_;
  std::mutex mutex_;
  std::uint32_t next_ = 0;          // the next id that was never drawn
  std::uint32_t reserved_end_ = 0;  // beyond the last one that is on disk
  std::vector<UserKeyId> given_back_;
};

}  // namespace boxoffice::http::personal
