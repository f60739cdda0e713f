#include "http/auth/random.h"

#include <sodium.h>

#include <cstdint>
#include <vector>

#include "http/auth/primitives.h"

namespace boxoffice::http::auth {

Uuid random_uuid() {
  require_sodium();
  Uuid id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  // RFC 9562, 5.4: the version is in the high half of byte 6, the variant in the top of byte 8.
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

void fill_random(std::span<std::uint8_t> bytes) {
  require_sodium();
  randombytes_buf(bytes.data(), bytes.size());
}

std::string random_hex(std::size_t bytes) {
  if (bytes == 0) return {};  // an empty vector's pointer may be null, which sodium does not take
  require_sodium();
  std::vector<std::uint8_t> drawn(bytes);
  randombytes_buf(drawn.data(), drawn.size());
  return to_hex(drawn);
}

std::uint64_t random_seed() {
  require_sodium();
  std::uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

int draw_percent() {
  require_sodium();
  return static_cast<int>(randombytes_uniform(100));
}

}  // namespace boxoffice::http::auth
