#include "http/auth/verified_tokens.h"

#include <utility>

#include "http/auth/random.h"

namespace boxoffice::http::auth {

namespace {

FingerprintKey random_key() {
  FingerprintKey key;
  fill_random(key);
  return key;
}

}  // namespace

VerifiedTokens::VerifiedTokens(const TokenSigner& signer, FingerprintOf fingerprint_of,
                               std::size_t entries_max)
    : signer_(signer),
      fingerprint_of_(std::move(fingerprint_of)),
      fingerprinter_(random_key()),
      recent_(entries_max) {}

std::optional<Bearer> VerifiedTokens::verify(std::string_view token, Instant now) {
  if (token.size() > token_bytes_max) return std::nullopt;
  const Fingerprint fingerprint = fingerprinter_.of({token});
  {
    const std::lock_guard lock(mutex_);
    if (recent_.find(fingerprint) != nullptr) {
      const Remembered& known = recent_.use(fingerprint);
      if (now < known.valid_from || now >= known.expires_at) return std::nullopt;
      return known.bearer;
    }
  }
  const auto claims = signer_.verify(token, now);
  if (!claims) return std::nullopt;
  const Bearer bearer{.subject = fingerprint_of_(claims->subject), .user_id = claims->user_id};
  const std::lock_guard lock(mutex_);
  recent_.use(fingerprint) = {bearer, claims->valid_from, claims->expires_at};
  return bearer;
}

std::size_t VerifiedTokens::size() const {
  const std::lock_guard lock(mutex_);
  return recent_.size();
}

}  // namespace boxoffice::http::auth
