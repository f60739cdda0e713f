// Who somebody is, encrypted before it enters the engine and decrypted on its way out.
//
// Every text is a ciphertext of its own (XChaCha20-Poly1305 with a random nonce, under the user's
// own key, bound to key and field), so that a change of one replaces one. Its length is that of the
// text, rounded up.
//
// Threads: any.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ciphertext.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/domain/commands.h"
#include "events/events.h"
#include "http/auth/fingerprint.h"
#include "http/personal/user_keys.h"
#include "projections/views.h"

namespace boxoffice::http::personal {

struct Person {
  std::string email;  ///< as it is shown (its domain in lower case)
  std::string password_hash;
  std::string first_name;
  std::string last_name;
};

/// What a ciphertext is of. The numbers are in the ciphertexts: append, never reorder.
enum class Field : std::uint8_t { email, password_hash, first_name, last_name };

class PersonalData {
 public:
  /// `keys` outlives it.
  PersonalData(UserKeys& keys, const auth::FingerprintKey& fingerprint_key)
      : keys_(keys), fingerprints_(fingerprint_key) {}

  /// By which a user is found: addresses that differ only in the case of ASCII letters are one.
  Fingerprint fingerprint_of_email(std::string_view email) const;

  /// Under a key of its own, which is on disk. Faults: `no_space`, `io`, `corrupt`.
  Result<engine::domain::RegisterUser> seal(const Person& person);

  /// A key that seal() drew for a command that came to nothing. REQUIRES: that is certain.
  void give_back(const UserKeyName& key) { keys_.give_back(key); }

  /// Under the key of a user; none when it was destroyed. Faults: `corrupt`, `io`.
  Result<std::optional<Ciphertext>> seal(UserKeyId key, Field field, std::string_view text) const;

  /// None when the key was destroyed. Faults: `corrupt` (damaged, or of another key), `io`.
  Result<std::optional<Person>> open(const events::UserRegistered& user) const;
  Result<std::optional<Person>> open(const projections::UserView& user) const;

 private:
  template <class User>
  Result<std::optional<Person>> open_user(const User& user) const;

  UserKeys& keys_;
  auth::Fingerprinter fingerprints_;
};

}  // namespace boxoffice::http::personal
