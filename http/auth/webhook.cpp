#include "http/auth/webhook.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/ensure.h"
#include "http/auth/primitives.h"

namespace boxoffice::http::auth {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t key_bytes_min = 24;  // Standard Webhooks, "Signature scheme"
constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t id_bytes_max = 255;

/// Calls `visit` with each non-empty piece of `text` between separators.
template <class Visit>
void for_each_piece(std::string_view text, std::string_view separators, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::string> decode_secret(std::string_view secret) {
  if (!secret.starts_with(secret_prefix)) return std::nullopt;
  std::optional<std::string> key =
      from_base64(secret.substr(secret_prefix.size()), Base64::standard);
  if (!key || key->size() < key_bytes_min || key->size() > key_bytes_max) return std::nullopt;
  return key;
}

// A full stop in the id would let "a.1" + "2" be read as "a" + "1.2": the signed text is the same.
bool is_valid_id(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes_max &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~' && c != '.'; });
}

std::optional<Instant> parse_timestamp(std::string_view text) {
  constexpr std::size_t digits_max = 11;  // until the year 5138; no overflow in microseconds
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > digits_max ||
      !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return Instant{} + std::chrono::seconds(seconds);
}

Mac mac_of(std::string_view key, const WebhookHeaders& headers, std::string_view body) {
  return hmac_sha256(key, {headers.id, ".", headers.timestamp, ".", body});
}

}  // namespace

Result<WebhookVerifier> WebhookVerifier::from_secrets(std::string_view secrets) {
  WebhookVerifier verifier;
  bool all_valid = true;
  for_each_piece(secrets, " ,", [&](std::string_view secret) {
    std::optional<std::string> key = decode_secret(secret);
    if (!key) {
      all_valid = false;
      return;
    }
    verifier.keys_.push_back(std::move(*key));
  });
  if (!all_valid) {
    return fault(FaultKind::invalid,
                 "a webhook secret is \"whsec_\" and the base64 of 24 to 64 bytes");
  }
  return verifier;
}

bool WebhookVerifier::verify(const WebhookHeaders& headers, std::string_view body,
                             Instant now) const {
  if (!is_valid_id(headers.id)) return false;
  const std::optional<Instant> sent = parse_timestamp(headers.timestamp);
  if (!sent || now - *sent > webhook_age_max || *sent - now > webhook_age_max) return false;

  std::vector<std::string> candidates;
  for_each_piece(headers.signature, " ", [&](std::string_view signature) {
    if (!signature.starts_with("v1,")) return;
    if (auto mac = from_base64(signature.substr(3), Base64::standard)) {
      candidates.push_back(std::move(*mac));
    }
  });
  if (candidates.empty()) return false;
  return std::any_of(keys_.begin(), keys_.end(), [&](const std::string& key) {
    const Mac expected = mac_of(key, headers, body);
    return std::any_of(candidates.begin(), candidates.end(), [&](const std::string& mac) {
      return equal_in_constant_time(expected, mac);
    });
  });
}

std::string WebhookVerifier::sign(const WebhookHeaders& headers, std::string_view body) const {
  ENSURE(has_secret(), "signing needs a secret");
  const Mac mac = mac_of(keys_.front(), headers, body);
  const std::string_view bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
  return "v1," + to_base64(bytes, Base64::standard);
}

}  // namespace boxoffice::http::auth
