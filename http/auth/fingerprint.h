// Keyed fingerprints of texts that must be recognised again but not kept: an Idempotency-Key, a
// request body with a password in it.
//
// The log stores only the fingerprint. Without the key, which never enters the log, nobody can
// guess a text and check the guess against the log.
//
// Threads: immutable; any thread may use it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace boxoffice::http::auth {

using FingerprintKey = std::array<std::uint8_t, 32>;

class Fingerprinter {
 public:
  explicit Fingerprinter(const FingerprintKey& key) : key_(key) {}

  /// Keyed 128-bit BLAKE2b of the parts. Each part is preceded by its length, so {"ab", "c"} and
  /// {"a", "bc"} differ.
  Fingerprint of(std::span<const std::string_view> parts) const;
  Fingerprint of(std::initializer_list<std::string_view> parts) const {
    return of(std::span(parts.begin(), parts.size()));
  }

 private:
  FingerprintKey key_;
};

/// The key in the file at `path`; when there is no file, a random one that is on disk, readable by
/// its owner only, when this returns. The folder must exist. Faults: `io`; `corrupt` when the file
/// is not exactly 32 bytes (it is left alone: with another key no Idempotency-Key in the log would
/// be recognised again).
Result<FingerprintKey> load_or_create_key(const std::filesystem::path& path);

}  // namespace boxoffice::http::auth
