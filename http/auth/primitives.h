// The few cryptographic operations that this folder is built from, over libsodium, with strict
// decoding. Private to the folder: everybody else uses jwt.h, webhook.h and the rest.
//
// Threads: any.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace boxoffice::http::auth {

/// Initialises libsodium, once; every function of this folder that uses it calls this first.
void require_sodium();

using Mac = std::array<std::uint8_t, 32>;

/// HMAC-SHA256 (RFC 2104) with a key of any length over the concatenation of `parts`.
Mac hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);

/// Whether `mac` equals `expected`; takes the same time whichever bytes differ.
bool equal_in_constant_time(const Mac& expected, std::string_view mac);

/// RFC 4648: `standard` has padding, `url` (for tokens) has none.
enum class Base64 { standard, url };

std::string to_base64(std::string_view bytes, Base64 variant);

/// Empty unless `text` is exactly what to_base64 makes of some bytes: no blanks, padding as the
/// variant has it, unused bits zero.
std::optional<std::string> from_base64(std::string_view text, Base64 variant);

}  // namespace boxoffice::http::auth
