#include "http/personal/personal_data.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cstdint>
#include <utility>

#include "base/ensure.h"
#include "base/text.h"
#include "http/auth/primitives.h"

namespace boxoffice::http::personal {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(sizeof(UserKey) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Short names differ in length by little; so they tell nothing by it.
constexpr std::size_t padded_to = 32;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What the tag also covers: a ciphertext that was moved to another user or field does not open.
using Context = std::array<unsigned char, 5>;
Context context_of(UserKeyId id, Field field) {
  const auto name = to_big_endian(id.value);
  Context context{};
  std::copy(name.begin(), name.end(), context.begin());
  context.back() = static_cast<unsigned char>(field);
  return context;
}

// ciphertext = nonce , encrypted padded text , tag
Ciphertext encrypt(const UserKey& key, UserKeyId id, Field field, std::string_view text) {
  std::string padded(text);
  padded.resize(text.size() / padded_to * padded_to + padded_to);
  std::size_t padded_size = 0;
  const int not_padded =
      sodium_pad(&padded_size, bytes_of(padded), text.size(), padded_to, padded.size());
  ENSURE(not_padded == 0 && padded_size == padded.size(), "there is room for the padding");

  Ciphertext out;
  out.data.resize(nonce_bytes + padded.size() + tag_bytes);
  randombytes_buf(out.data.data(), nonce_bytes);
  const Context context = context_of(id, field);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      bytes_of(out.data) + nonce_bytes, nullptr, bytes_of(padded), padded.size(), context.data(),
      context.size(), nullptr, bytes_of(out.data), key.data());
  sodium_memzero(padded.data(), padded.size());
  return out;
}

std::optional<std::string> decrypt(const UserKey& key, UserKeyId id, Field field,
                                   const Ciphertext& text) {
  if (text.data.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string padded(text.data.size() - nonce_bytes - tag_bytes, '\0');
  const Context context = context_of(id, field);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(padded), nullptr, nullptr, bytes_of(text.data) + nonce_bytes,
          text.data.size() - nonce_bytes, context.data(), context.size(), bytes_of(text.data),
          key.data()) != 0) {
    return std::nullopt;
  }
  std::size_t size = 0;
  if (sodium_unpad(&size, bytes_of(padded), padded.size(), padded_to) != 0) return std::nullopt;
  padded.resize(size);
  return padded;
}

}  // namespace

Fingerprint PersonalData::fingerprint_of_email(std::string_view email) const {
  return fingerprints_.of({"email", ascii_lower(email)});
}

Result<engine::domain::RegisterUser> PersonalData::seal(const Person& person) {
  TRY(const UserKeyName name, keys_.draw());
  const UserKeyId id = name.id;
  TRY(auto key, keys_.find(id));
  if (!key) return fault(FaultKind::corrupt, fmt::format("the new user key {} is gone", id.value));
  engine::domain::RegisterUser sealed{
      .key = name,
      .email_fingerprint = fingerprint_of_email(person.email),
      .email = encrypt(*key, id, Field::email, person.email),
      .password_hash = encrypt(*key, id, Field::password_hash, person.password_hash),
      .first_name = encrypt(*key, id, Field::first_name, person.first_name),
      .last_name = encrypt(*key, id, Field::last_name, person.last_name)};
  sodium_memzero(key->data(), key->size());
  return sealed;
}

Result<std::optional<Ciphertext>> PersonalData::seal(UserKeyId id, Field field,
                                                     std::string_view text) const {
  TRY(auto key, keys_.find(id));
  std::optional<Ciphertext> sealed;
  if (!key) return sealed;
  sealed = encrypt(*key, id, field, text);
  sodium_memzero(key->data(), key->size());
  return sealed;
}

template <class User>
Result<std::optional<Person>> PersonalData::open_user(const User& user) const {
  TRY(auto key, keys_.find(user.key));
  std::optional<Person> person;
  if (!key) return person;
  auto email = decrypt(*key, user.key, Field::email, user.email);
  auto password_hash = decrypt(*key, user.key, Field::password_hash, user.password_hash);
  auto first_name = decrypt(*key, user.key, Field::first_name, user.first_name);
  auto last_name = decrypt(*key, user.key, Field::last_name, user.last_name);
  sodium_memzero(key->data(), key->size());
  if (!email || !password_hash || !first_name || !last_name) {
    return fault(
        FaultKind::corrupt,
        fmt::format("the data of user {} is damaged, or encrypted with another key than {}",
                    user.user_id.value, user.key.value));
  }
  person = Person{.email = *std::move(email),
                  .password_hash = *std::move(password_hash),
                  .first_name = *std::move(first_name),
                  .last_name = *std::move(last_name)};
  return person;
}

Result<std::optional<Person>> PersonalData::open(const events::UserRegistered& user) const {
  return open_user(user);
}

Result<std::optional<Person>> PersonalData::open(const projections::UserView& user) const {
  return open_user(user);
}

}  // namespace boxoffice::http::personal
