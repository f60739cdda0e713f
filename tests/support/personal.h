// Stand-ins for what the edge makes of personal data. The engine and the read models carry it
// without reading it, so to them any bytes will do.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/ciphertext.h"
#include "engine/domain/commands.h"

namespace boxoffice::tests {

/// Another one for texts that differ in their first sixteen bytes.
inline Fingerprint fingerprint(std::string_view text) {
  Fingerprint out;
  std::copy_n(text.begin(), std::min(text.size(), out.bytes.size()), out.bytes.begin());
  return out;
}

inline Ciphertext sealed(std::string text) { return Ciphertext{std::move(text)}; }

inline UserKeyName key_name(std::uint32_t key) {
  return {UserKeyId(key), fingerprint("key " + std::to_string(key))};
}

inline engine::domain::RegisterUser register_user(std::uint32_t key, const Fingerprint& email) {
  return {.key = key_name(key),
          .email_fingerprint = email,
          .email = sealed("email"),
          .password_hash = sealed("hash"),
          .first_name = sealed("First"),
          .last_name = sealed("Last")};
}

inline events::UserRegistered user_registered(UserId id, const Fingerprint& email) {
  return {.user_id = id,
          .key = key_name(id.value).id,
          .key_check = key_name(id.value).check,
          .email_fingerprint = email,
          .email = sealed("email"),
          .password_hash = sealed("hash"),
          .first_name = sealed("First"),
          .last_name = sealed("Last")};
}

}  // namespace boxoffice::tests
