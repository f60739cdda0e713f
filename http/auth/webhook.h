// Signed callbacks: the payment gateway proves that a message is its own, untouched and recent.
//
// Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks), symmetric scheme v1:
// HMAC-SHA256 over "id.timestamp.body", where body is the raw bytes as received. JSON is parsed
// only after the signature holds.
//
// Threads: immutable; any thread may use it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace boxoffice::http::auth {

/// A message older, or further in the future, than this is refused (a replayed recording).
inline constexpr Duration webhook_age_max = std::chrono::seconds(300);

/// The values of the three header fields, as they came.
struct WebhookHeaders {
  std::string_view id;         ///< webhook-id: 1..255 visible ASCII characters, no full stop
  std::string_view timestamp;  ///< webhook-timestamp: seconds since 1970, digits only
  std::string_view signature;  ///< webhook-signature: "v1,<base64>" one or more, space separated
};

class WebhookVerifier {
 public:
  /// `secrets`: "whsec_<base64 of 24..64 bytes>", one or more, separated by a space or a comma;
  /// while a secret is rotated there are two. An empty text gives a verifier that refuses every
  /// message. Faults: `invalid`, without quoting the secret.
  static Result<WebhookVerifier> from_secrets(std::string_view secrets);

  /// Whether one of the signatures was made with one of the secrets over exactly this message, and
  /// it was sent within `webhook_age_max` of `now`. Signatures of other schemes are skipped.
  bool verify(const WebhookHeaders& headers, std::string_view body, Instant now) const;

  /// The webhook-signature of a message with the first secret (what a gateway does; the
  /// `signature` in `headers` is not read). REQUIRES: there is a secret.
  std::string sign(const WebhookHeaders& headers, std::string_view body) const;

  bool has_secret() const { return !keys_.empty(); }

 private:
  std::vector<std::string> keys_;  // decoded
};

}  // namespace boxoffice::http::auth
