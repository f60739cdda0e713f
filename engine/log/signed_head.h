// A signed head: what the log was at one moment, in a few hundred bytes that are kept elsewhere and
// signed by whoever vouches for them. With it, truncation and a rewritten tail can be proved, and
// a single frame can be proved to be in the log (merkle.h).
//
// Ed25519, by libsodium, over the exact bytes of signed_bytes(): docs/formats/signed-head.md.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

struct SigningPublicKey : FixedBytes<32> {
  auto operator<=>(const SigningPublicKey&) const = default;
};
/// What the whole key pair is made from: a secret.
struct SigningSeed : FixedBytes<32> {
  auto operator<=>(const SigningSeed&) const = default;
};
using Signature = FixedBytes<64>;

struct SignedHead {
  Sha256 log;                    ///< which log: the hash of its first frame
  Head head;                     ///< position of the last event; hash of the last frame
  std::uint64_t frames = 0;      ///< leaves of the tree; at least 1
  Sha256 root;                   ///< of the tree
  std::vector<Sha256> frontier;  ///< MerkleFrontier::roots(): to go on from here
  Instant time;                  ///< log time of the last frame
  SigningPublicKey signer;
  Signature signature;

  bool operator==(const SignedHead&) const = default;
};

/// A fresh seed from the system's source of randomness.
SigningSeed random_signing_seed();
SigningPublicKey public_key_of(const SigningSeed& seed);

/// The bytes that are signed. All but the frontier, which the root fixes, and the signer.
std::vector<std::uint8_t> signed_bytes(const SignedHead& head);

/// Sets signer and signature.
void sign(SignedHead& head, const SigningSeed& seed);

/// Whether the head is one that its signer signed, with a frontier that belongs to its root. That
/// the signer is somebody to trust is the caller's to know. Fault: `differs`.
Result<void> check_signature(const SignedHead& head);

}  // namespace boxoffice::engine::log
