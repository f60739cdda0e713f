#include "http/auth/fingerprint.h"

#include <sodium.h>

#include <algorithm>
#include <string>

#include "base/ensure.h"
#include "http/auth/primitives.h"
#include "http/auth/private_file.h"

namespace boxoffice::http::auth {

namespace {

void add_bytes(crypto_generichash_state& state, std::string_view bytes) {
  if (bytes.empty()) return;  // its pointer may be null, which sodium does not take
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

Result<FingerprintKey> read_key(const std::filesystem::path& path) {
  FingerprintKey key;
  TRY(const std::string content, read_small_file(path, 1024));
  if (content.size() != key.size()) {
    return fault(FaultKind::corrupt,
                 path.string() + ": a fingerprint key has 32 bytes, this file has " +
                     std::to_string(content.size()) + "; restore it from a backup");
  }
  std::copy(content.begin(), content.end(), key.begin());
  return key;
}

}  // namespace

Fingerprint Fingerprinter::of(std::span<const std::string_view> parts) const {
  require_sodium();
  Fingerprint out;
  crypto_generichash_state state;
  const int failed = crypto_generichash_init(&state, key_.data(), key_.size(), out.bytes.size());
  ENSURE(failed == 0, "16 bytes of BLAKE2b with a 32-byte key are within its limits");
  for (const std::string_view part : parts) {
    const auto length = to_big_endian<std::uint64_t>(part.size());
    add_bytes(state, std::string_view(length.data(), length.size()));
    add_bytes(state, part);
  }
  crypto_generichash_final(&state, out.bytes.data(), out.bytes.size());
  return out;
}

Result<FingerprintKey> load_or_create_key(const std::filesystem::path& path) {
  require_sodium();
  FingerprintKey drawn;
  randombytes_buf(drawn.data(), drawn.size());
  // The key is read back in any case: when another process was first, it is that one's.
  TRY(create_private_file(
      path, std::string_view(reinterpret_cast<const char*>(drawn.data()), drawn.size())));
  return read_key(path);
}

}  // namespace boxoffice::http::auth
