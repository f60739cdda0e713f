#include "engine/log/signed_head.h"

#include <sodium.h>

#include <array>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/ensure.h"
#include "engine/log/merkle.h"

namespace boxoffice::engine::log {

namespace {

// A signature over these bytes can be taken for nothing else that the same key may sign, nor for a
// head of another version.
constexpr std::string_view domain = "boxoffice signed head 1\n";

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  ENSURE(ready, "libsodium finds no source of randomness");
}

template <class T>
void add_integer(std::vector<std::uint8_t>& out, T value) {
  for (const char byte : to_big_endian(static_cast<std::make_unsigned_t<T>>(value))) {
    out.push_back(static_cast<std::uint8_t>(byte));
  }
}

void add_hash(std::vector<std::uint8_t>& out, const Sha256& hash) {
  out.insert(out.end(), hash.bytes.begin(), hash.bytes.end());
}

// Ed25519's key pair. The secret half is wiped when it is no longer needed.
struct KeyPair {
  explicit KeyPair(const SigningSeed& seed) {
    require_sodium();
    crypto_sign_seed_keypair(public_key.bytes.data(), secret.data(), seed.bytes.data());
  }
  ~KeyPair() { sodium_memzero(secret.data(), secret.size()); }
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;

  SigningPublicKey public_key;
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
};

}  // namespace

SigningSeed random_signing_seed() {
  require_sodium();
  SigningSeed seed;
  randombytes_buf(seed.bytes.data(), seed.bytes.size());
  return seed;
}

SigningPublicKey public_key_of(const SigningSeed& seed) { return KeyPair(seed).public_key; }

std::vector<std::uint8_t> signed_bytes(const SignedHead& head) {
  std::vector<std::uint8_t> out(domain.begin(), domain.end());
  add_hash(out, head.log);
  add_integer(out, head.head.last.value);
  add_integer(out, head.frames);
  add_hash(out, head.head.chain);
  add_hash(out, head.root);
  add_integer(out, head.time.us);
  return out;
}

void sign(SignedHead& head, const SigningSeed& seed) {
  const KeyPair keys(seed);
  const auto message = signed_bytes(head);
  head.signer = keys.public_key;
  crypto_sign_detached(head.signature.bytes.data(), nullptr, message.data(), message.size(),
                       keys.secret.data());
}

Result<void> check_signature(const SignedHead& head) {
  require_sodium();
  const auto message = signed_bytes(head);
  if (crypto_sign_verify_detached(head.signature.bytes.data(), message.data(), message.size(),
                                  head.signer.bytes.data()) != 0) {
    return fault(FaultKind::differs, "the signed head's signature is wrong");
  }
  const auto frontier = MerkleFrontier::resume(head.frames, head.frontier);
  if (!frontier || frontier->root() != head.root) {
    return fault(FaultKind::differs, "the signed head's frontier does not belong to its root");
  }
  return success();
}

}  // namespace boxoffice::engine::log
