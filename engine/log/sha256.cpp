#include "engine/log/sha256.h"

#include <openssl/evp.h>

#include "base/ensure.h"

namespace boxoffice::engine::log {

Sha256 sha256(std::span<const std::uint8_t> bytes) {
  // Looked up once: the search costs more than hashing a small frame.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  ENSURE(algorithm != nullptr, "OpenSSL has SHA-256");
  Sha256 hash;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), hash.bytes.data(), nullptr, algorithm, nullptr);
  ENSURE(done == 1, "hashing memory cannot fail");
  return hash;
}

}  // namespace boxoffice::engine::log
