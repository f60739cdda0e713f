// Tokens that were verified not long ago, so that a client's next request with the same one does
// not pay for it again: 3,000 instructions instead of 60,000.
//
// Neither a token nor whom it names is kept, only keyed fingerprints of both: nobody can make
// another token of the same fingerprint, and no address outlives here the user who was erased.
// Whether a token is valid is asked again each time, of the clock and, by whoever asks, of the
// read models.
//
// Threads: any.
// Limits: `entries_max` tokens; the one that was not used for longest is forgotten for a new one.
// Only tokens that we signed are remembered, so nobody fills the table with others.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "http/auth/fingerprint.h"
#include "http/auth/jwt.h"
#include "http/auth/recent_entries.h"

namespace boxoffice::http::auth {

/// Whom a verified token names, as Claims have it.
struct Bearer {
  Fingerprint subject;
  UserId user_id;
};

class VerifiedTokens {
 public:
  using FingerprintOf = std::function<Fingerprint(std::string_view subject)>;

  /// `signer` outlives it. `fingerprint_of` is called by any thread. REQUIRES: room for one entry.
  VerifiedTokens(const TokenSigner& signer, FingerprintOf fingerprint_of, std::size_t entries_max);

  /// Empty for a token that TokenSigner::verify() refuses.
  std::optional<Bearer> verify(std::string_view token, Instant now);

  std::size_t size() const;

 private:
  struct Remembered {
    Bearer bearer;
    Instant valid_from;
    Instant expires_at;
  };

  const TokenSigner& signer_;
  const FingerprintOf fingerprint_of_;
  const Fingerprinter fingerprinter_;  // its key is drawn here, and ends with the process
  mutable std::mutex mutex_;           // guards what follows
  RecentEntries<Remembered> recent_;
};

}  // namespace boxoffice::http::auth
