#include "engine/log/sha256.h"

#include <openssl/evp.h>

#include <fstream>
#include <memory>
#include <vector>

#include "base/ensure.h"

namespace boxoffice::engine::log {

namespace {

// Looked up once: the search costs more than hashing a small frame.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  ENSURE(found != nullptr, "OpenSSL has SHA-256");
  return found;
}

}  // namespace

Sha256 sha256(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), hash.bytes.data(), nullptr, algorithm(), nullptr);
  ENSURE(done == 1, "hashing memory cannot fail");
  return hash;
}

Result<Sha256> sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum(EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free);
  ENSURE(sum && EVP_DigestInit_ex2(sum.get(), algorithm(), nullptr) == 1, "hashing can begin");
  std::vector<char> piece(1 << 20);
  while (file.read(piece.data(), std::ssize(piece)), file.gcount() > 0) {
    const auto bytes = static_cast<std::size_t>(file.gcount());
    ENSURE(EVP_DigestUpdate(sum.get(), piece.data(), bytes) == 1, "hashing memory cannot fail");
  }
  if (!file.eof()) return fault(FaultKind::io, "cannot read " + path.string());
  Sha256 hash;
  const int done = EVP_DigestFinal_ex(sum.get(), hash.bytes.data(), nullptr);
  ENSURE(done == 1, "hashing memory cannot fail");
  return hash;
}

}  // namespace boxoffice::engine::log
