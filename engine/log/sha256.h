// SHA-256, the log's checksum and chain link.
//
// From OpenSSL, because it uses the processor's SHA instructions: every byte of the log is hashed
// once when it is written and once at each replay.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace boxoffice::engine::log {

Sha256 sha256(std::span<const std::uint8_t> bytes);

/// Of a whole file, read piece by piece. Fault: `io`.
Result<Sha256> sha256_of_file(const std::filesystem::path& path);

}  // namespace boxoffice::engine::log
