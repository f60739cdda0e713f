// Signed heads and signing keys as files (docs/formats/signed-head.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"
#include "engine/log/signed_head.h"

namespace boxoffice::tools::proofs {

/// A signed head as its JSON has it. Hashes are lower-case hexadecimal.
struct HeadText {
  std::string format = "boxoffice signed head";
  std::int64_t version = 1;
  std::string log;
  std::int64_t last_position = 0;
  std::int64_t frames = 0;
  std::string chain;
  std::string root;
  std::vector<std::string> frontier;
  std::string log_time;
  std::string public_key;
  std::string signature;
};
BOOST_DESCRIBE_STRUCT(HeadText, (),
                      (format, version, log, last_position, frames, chain, root, frontier, log_time,
                       public_key, signature))

HeadText to_text(const engine::log::SignedHead& head);
/// Nothing is said about the signature. `name` is how faults call the file. Fault: `corrupt`.
Result<engine::log::SignedHead> from_text(const HeadText& text, const std::string& name);

/// A hash as hexadecimal; false when `text` is anything else.
bool read_hash(std::string_view text, Sha256& out);

/// Faults: those of sealed::read_file and sealed::unseal.
Result<engine::log::SignedHead> load_head(const std::filesystem::path& path);
std::string print_head(const engine::log::SignedHead& head);

/// Writes a new key pair to `path` (mode 0600) and `path`.pub. Faults: `invalid` when either is
/// there already, `io`.
Result<engine::log::SigningPublicKey> create_keys(const std::filesystem::path& path);
/// Faults: `not_found`; `invalid` when it is not such a key; `io`.
Result<engine::log::SigningSeed> load_secret_key(const std::filesystem::path& path);
Result<engine::log::SigningPublicKey> load_public_key(const std::filesystem::path& path);

}  // namespace boxoffice::tools::proofs
