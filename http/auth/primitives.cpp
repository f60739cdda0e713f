#include "http/auth/primitives.h"

#include <sodium.h>

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::http::auth {

namespace {

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int sodium_variant(Base64 variant) {
  switch (variant) {
    case Base64::standard: return sodium_base64_VARIANT_ORIGINAL;
    case Base64::url: return sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  }
  ENSURE(false, "a variant outside the enum");
  return 0;
}

}  // namespace

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  ENSURE(ready, "libsodium finds no source of randomness");
}

Mac hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  require_sodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, as_bytes(key), key.size());
  for (const std::string_view part : parts) {
    if (part.empty()) continue;  // its pointer may be null, which sodium does not take
    crypto_auth_hmacsha256_update(&state, as_bytes(part), part.size());
  }
  Mac mac;
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  return mac;
}

bool equal_in_constant_time(const Mac& expected, std::string_view mac) {
  return mac.size() == expected.size() &&
         sodium_memcmp(expected.data(), mac.data(), expected.size()) == 0;
}

std::string to_base64(std::string_view bytes, Base64 variant) {
  require_sodium();
  // sodium counts and writes a terminating zero.
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_variant(variant)), '\0');
  sodium_bin2base64(text.data(), text.size(), as_bytes(bytes), bytes.size(),
                    sodium_variant(variant));
  text.pop_back();
  return text;
}

std::optional<std::string> from_base64(std::string_view text, Base64 variant) {
  require_sodium();
  // sodium 1.0.18 takes any byte above 0x7F for the last digit of the alphabet.
  const bool is_ascii = std::all_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) return std::nullopt;
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  // No characters to ignore and no end pointer: sodium then refuses whatever is left over, wrong
  // padding, and unused bits that are not zero.
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_variant(variant));
  if (failed != 0) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace boxoffice::http::auth
