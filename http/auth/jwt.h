// Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256, and nothing else.
//
// The algorithm is fixed by us and never taken from the token. A signature is compared, in constant
// time, before a byte of the token's JSON is parsed; after that the token is still read strictly,
// so that one token has one spelling and one meaning. RFC 8725 is followed section by section:
//
//   3.1, 3.2  one algorithm, whatever the header says; a header that names another is refused
//   3.3       nothing is used before every check has passed
//   3.5       keys of 32 bytes and more (tools/config refuses others in production)
//   3.8, 3.9  `iss`, if present, is ours; we are no audience, so a token with `aud` is not for us
//   3.10      no parameter that names a key or an address (`kid`, `jwk`, `jku`, `x5u`) is read
//   3.11      `typ`, if present, is "JWT": another kind of token made with the same key is none
//   3.12      a claim or header parameter that we do not write is refused, not ignored: who wrote
//             it meant something by it, perhaps a restriction
//
// `iss` and `typ` may be absent, because tokens of the program that this one replaces have only
// `sub` and `exp`, and stay valid when its SECRET_KEY is kept.
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

/// How far in the future `iat` and `nbf` may lie: clocks of two servers differ a little. `exp` has
/// no leeway: it would only make every token live longer.
inline constexpr Duration token_clock_leeway = std::chrono::seconds(60);

/// The longest life that ACCESS_TOKEN_EXPIRE_MINUTES can give, and the leeway.
inline constexpr Duration token_life_max = std::chrono::hours(365 * 24) + token_clock_leeway;

inline constexpr std::string_view token_issuer = "boxoffice";

/// What a verified token says.
struct Claims {
  std::string subject;  ///< the user's e-mail address; never empty
  UserId user_id;       ///< none when the token carries no `uid`
  Instant valid_from;   ///< by `iat`, `nbf`, token_clock_leeway and token_life_max
  Instant expires_at;
  std::optional<Instant> issued_at;  ///< absent when the token carries no `iat`
};

class TokenSigner {
 public:
  /// Signs with `secret` (its bytes as they are), tokens live for `ttl`. Tokens signed with one of
  /// `older_secrets` still verify. REQUIRES: no secret is empty; ttl is at least a second.
  TokenSigner(std::string secret, Duration ttl, std::vector<std::string> older_secrets = {});

  /// A token with the claims iss, sub (the e-mail), uid, iat, exp (whole seconds), a random jti.
  /// REQUIRES: a user, whose e-mail is valid UTF-8.
  std::string issue(std::string_view email, UserId user_id, Instant now) const;

  /// The claims of a token that we signed and that is valid at `now`; otherwise empty.
  ///
  /// Accepted: exactly three parts of canonical base64url without padding; a header object with
  /// `alg` "HS256", `typ` absent or "JWT", and nothing else; a payload object with
  ///
  ///   sub  a string of 1 to 254 bytes without control characters
  ///   exp  an integer after `now`, at most token_life_max ahead
  ///   iss  absent or token_issuer
  ///   uid  absent or a user id
  ///   iat  absent or an integer at most token_clock_leeway ahead, and before `exp`
  ///   nbf  as iat
  ///   jti  absent or a string
  ///
  /// and nothing else; no member name twice in either object.
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
