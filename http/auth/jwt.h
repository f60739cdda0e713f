// Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256, and nothing else.
//
// The algorithm is fixed by us and never taken from the token. A signature is compared, in constant
// time, before a byte of the token's JSON is parsed; after that the token is still read strictly,
// so that one token has one spelling and one meaning.
//
// Threads: a TokenSigner is immutable; any thread may use it.
// Limits: a token is at most `token_bytes_max` bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace boxoffice::http::auth {

inline constexpr std::size_t token_bytes_max = 4096;

/// How far in the future `iat` and `nbf` may lie: clocks of two servers differ a little.
inline constexpr Duration token_clock_leeway = std::chrono::seconds(60);

/// What a verified token says.
struct Claims {
  std::string subject;  ///< the user's e-mail address; never empty
  UserId user_id;       ///< none when the token carries no `uid`
  Instant expires_at;
  std::optional<Instant> issued_at;  ///< absent when the token carries no `iat`
};

class TokenSigner {
 public:
  /// Signs with `secret` (its bytes as they are), tokens live for `ttl`. Tokens signed with one of
  /// `older_secrets` still verify. REQUIRES: no secret is empty; ttl is at least a second.
  TokenSigner(std::string secret, Duration ttl, std::vector<std::string> older_secrets = {});

  /// A token with the claims sub (the e-mail), uid, iat, exp (whole seconds) and a random jti.
  /// REQUIRES: a user, whose e-mail is valid UTF-8.
  std::string issue(std::string_view email, UserId user_id, Instant now) const;

  /// The claims of a token that we signed and that is valid at `now`; otherwise empty.
  ///
  /// Accepted: exactly three parts of canonical base64url without padding; a header object with
  /// `alg` "HS256", `typ` absent or "JWT", neither `crit` nor `b64`; a payload object with `sub` a
  /// non-empty string, `exp` an integer after `now`, `iat` and `nbf`, if present, integers at
  /// most `token_clock_leeway` ahead, `uid`, if present, a user id; no member name twice in
  /// either object. Other members are ignored.
  std::optional<Claims> verify(std::string_view token, Instant now) const;

 private:
  std::vector<std::string> secrets_;  // the first one signs
  Duration ttl_;
};

/// The token in the value of an Authorization field: the word "Bearer" in any case, one or more
/// spaces (RFC 9110, 11.4), and the rest, which is not empty and holds no further space or tab.
/// Empty for anything else: another scheme, or no token. Points into `authorization`.
std::optional<std::string_view> bearer_token(std::string_view authorization);

}  // namespace boxoffice::http::auth
