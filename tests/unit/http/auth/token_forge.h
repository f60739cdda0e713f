// Makes tokens that TokenSigner would never make, correctly signed all the same: what is refused
// is then refused for what it says, not for its signature.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "http/auth/primitives.h"

namespace boxoffice::http::auth {

inline const std::string forge_secret = "0123456789abcdef0123456789abcdef";
inline const std::string good_header = R"({"alg":"HS256","typ":"JWT"})";
inline const std::string good_payload = R"({"sub":"user@example.com","exp":1800000100})";
inline constexpr Instant forge_now{1'800'000'000'000'000};

/// `text` "." signature of `text`.
inline std::string with_signature(const std::string& text, std::string_view secret = forge_secret) {
  const Mac mac = hmac_sha256(secret, {text});
  const std::string_view bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
  return text + "." + to_base64(bytes, Base64::url);
}

inline std::string forge(std::string_view header, std::string_view payload,
                         std::string_view secret = forge_secret) {
  return with_signature(to_base64(header, Base64::url) + "." + to_base64(payload, Base64::url),
                        secret);
}

inline std::string forge_header(std::string_view header) { return forge(header, good_payload); }
inline std::string forge_payload(std::string_view payload) { return forge(good_header, payload); }

}  // namespace boxoffice::http::auth
