// Everything random that the edge draws: ids of transactions, secrets, outcomes of the mock
// gateway. It is drawn here and travels in commands, so that deciding stays deterministic.
//
// Threads: any. The source is the kernel's generator, through libsodium.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace boxoffice::http::auth {

/// A random (version 4, RFC 9562) UUID.
Uuid random_uuid();

void fill_random(std::span<std::uint8_t> bytes);

/// `bytes` random bytes as 2 × `bytes` lower-case hexadecimal digits.
std::string random_hex(std::size_t bytes);

/// For a hash that nobody outside can foresee.
std::uint64_t random_seed();

/// A whole number from 0 to 99, each equally likely.
int draw_percent();

}  // namespace boxoffice::http::auth
