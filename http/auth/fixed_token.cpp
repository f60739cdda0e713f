#include "http/auth/fixed_token.h"

namespace boxoffice::http::auth {

namespace {

// Hashes are compared: they have one length, whatever was sent.
Mac mac_of(std::string_view token) { return hmac_sha256("fixed token", {token}); }

}  // namespace

FixedToken::FixedToken(std::string_view secret) : none_(secret.empty()), mac_(mac_of(secret)) {}

bool FixedToken::is(std::string_view token) const {
  const Mac mac = mac_of(token);
  const std::string_view bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
  return equal_in_constant_time(mac_, bytes) && !none_;
}

}  // namespace boxoffice::http::auth
