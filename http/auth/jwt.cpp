#include "http/auth/jwt.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "base/ensure.h"
#include "base/text.h"
#include "http/auth/primitives.h"
#include "http/auth/random.h"

namespace boxoffice::http::auth {

namespace {

namespace dom = simdjson::dom;

// 9999-12-31T23:59:59Z: beyond every token that makes sense, and far from overflow in microseconds.
constexpr std::int64_t seconds_max = 253'402'300'799;

std::int64_t whole_seconds(Instant t) { return t.us / 1'000'000; }
Instant from_seconds(std::int64_t seconds) { return Instant{} + std::chrono::seconds(seconds); }

// ---- Writing ------------------------------------------------------------------------------------

/// A JSON string. Only what JSON demands is escaped: `"`, `\` and control characters.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string_view as_text(const Mac& mac) {
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

// ---- Reading ------------------------------------------------------------------------------------

/// The three parts, still encoded; empty unless there are exactly three.
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header "." payload
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

/// An object whose members all have different names; empty for any other text. What is returned
/// lives until the thread's next call.
std::optional<dom::object> parse_object(const std::string& text) {
  thread_local dom::parser parser;
  dom::object object;
  if (parser.parse(text).get(object) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string_view> names;
  for (const dom::key_value_pair member : object) names.push_back(member.key);
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) return std::nullopt;
  return object;
}

std::optional<dom::element> member(const dom::object& object, std::string_view name) {
  dom::element found;
  if (object.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

bool is_text(const dom::element& value, std::string_view expected) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS && text == expected;
}

/// Whether every member has one of these names.
bool has_only(const dom::object& object, std::initializer_list<std::string_view> names) {
  for (const dom::key_value_pair found : object) {
    if (std::find(names.begin(), names.end(), found.key) == names.end()) return false;
  }
  return true;
}

/// A whole number of seconds since 1970; a float, even a whole one, is none.
std::optional<Instant> as_instant(const dom::element& value) {
  if (!value.is<std::int64_t>()) return std::nullopt;
  const std::int64_t seconds = value.get<std::int64_t>().value_unsafe();
  if (seconds < 0 || seconds > seconds_max) return std::nullopt;
  return from_seconds(seconds);
}

bool header_is_acceptable(const std::string& text) {
  const auto header = parse_object(text);
  // Also `crit` and `b64`, which change how a token must be read (RFC 7515, 4.1.11; RFC 7797).
  if (!header || !has_only(*header, {"alg", "typ"})) return false;
  const auto algorithm = member(*header, "alg");
  if (!algorithm || !is_text(*algorithm, "HS256")) return false;
  const auto type = member(*header, "typ");
  return !type || is_text(*type, "JWT");
}

/// Empty unless it is a text that could be an address of ours.
std::optional<std::string_view> read_subject(const dom::object& payload) {
  constexpr std::size_t bytes_max = 254;  // of an e-mail address (RFC 5321, 4.5.3.1.3)
  const auto subject = member(payload, "sub");
  std::string_view email;
  if (!subject || subject->get(email) != simdjson::SUCCESS) return std::nullopt;
  const bool is_plain = std::none_of(email.begin(), email.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (email.empty() || email.size() > bytes_max || !is_plain) return std::nullopt;
  return email;
}

/// False for times that are none, or that no moment is between.
bool read_times(const dom::object& payload, Claims& claims) {
  const auto expires = member(payload, "exp");
  const auto expires_at = expires ? as_instant(*expires) : std::nullopt;
  if (!expires_at) return false;
  claims.expires_at = *expires_at;
  claims.valid_from = *expires_at - token_life_max;

  for (const std::string_view name : {"iat", "nbf"}) {
    const auto value = member(payload, name);
    if (!value) continue;
    const auto at = as_instant(*value);
    if (!at || *at >= *expires_at) return false;
    claims.valid_from = std::max(claims.valid_from, *at - token_clock_leeway);
    if (name == "iat") claims.issued_at = at;
  }
  return true;
}

std::optional<Claims> read_claims(const std::string& text) {
  const auto payload = parse_object(text);
  if (!payload || !has_only(*payload, {"iss", "sub", "uid", "iat", "nbf", "exp", "jti"})) {
    return std::nullopt;
  }
  Claims claims;

  const auto issuer = member(*payload, "iss");
  if (issuer && !is_text(*issuer, token_issuer)) return std::nullopt;
  const auto id = member(*payload, "jti");
  if (id && !id->is_string()) return std::nullopt;

  const auto subject = read_subject(*payload);
  if (!subject) return std::nullopt;
  claims.subject = *subject;

  if (const auto user_id = member(*payload, "uid")) {
    if (!user_id->is<std::int64_t>()) return std::nullopt;
    claims.user_id = UserId::from_wire(user_id->get<std::int64_t>().value_unsafe());
    if (!claims.user_id) return std::nullopt;
  }
  if (!read_times(*payload, claims)) return std::nullopt;
  return claims;
}

}  // namespace

TokenSigner::TokenSigner(std::string secret, Duration ttl, std::vector<std::string> older_secrets)
    : secrets_(std::move(older_secrets)), ttl_(ttl) {
  secrets_.insert(secrets_.begin(), std::move(secret));
  for (const std::string& s : secrets_) ENSURE(!s.empty(), "anyone can sign with an empty secret");
  ENSURE(ttl >= std::chrono::seconds(1), "a token must live for a while");
}

std::string TokenSigner::issue(std::string_view email, UserId user_id, Instant now) const {
  ENSURE(user_id && !email.empty(), "a token is somebody's");
  const std::int64_t issued_at = whole_seconds(now);
  const std::string payload = fmt::format(
      R"({{"iss":"{}","sub":{},"uid":{},"iat":{},"exp":{},"jti":"{}"}})", token_issuer,
      quoted(email), user_id.value, issued_at,
      issued_at + std::chrono::floor<std::chrono::seconds>(ttl_).count(), random_hex(16));
  const std::string signed_text = to_base64(R"({"alg":"HS256","typ":"JWT"})", Base64::url) + "." +
                                  to_base64(payload, Base64::url);
  const Mac mac = hmac_sha256(secrets_.front(), {signed_text});
  return signed_text + "." + to_base64(as_text(mac), Base64::url);
}

std::optional<Claims> TokenSigner::verify(std::string_view token, Instant now) const {
  if (token.size() > token_bytes_max) return std::nullopt;
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  const auto header = from_base64(parts->header, Base64::url);
  const auto payload = from_base64(parts->payload, Base64::url);
  const auto signature = from_base64(parts->signature, Base64::url);
  if (!header || !payload || !signature) return std::nullopt;

  // Which of the keys it was, the time tells; whether it was nearly one, it does not.
  const bool is_ours = std::any_of(secrets_.begin(), secrets_.end(), [&](const std::string& key) {
    return equal_in_constant_time(hmac_sha256(key, {parts->signed_text}), *signature);
  });
  if (!is_ours) return std::nullopt;
  if (!header_is_acceptable(*header)) return std::nullopt;
  auto claims = read_claims(*payload);
  if (claims && (now < claims->valid_from || now >= claims->expires_at)) claims.reset();
  return claims;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  if (ascii_lower(authorization.substr(0, scheme.size())) != scheme) return std::nullopt;
  const std::string_view rest = authorization.substr(scheme.size());
  const std::size_t spaces = rest.find_first_not_of(' ');
  if (spaces == 0 || spaces == std::string_view::npos) return std::nullopt;
  const std::string_view token = rest.substr(spaces);
  if (token.find_first_of(" \t") != std::string_view::npos) return std::nullopt;
  return token;
}

}  // namespace boxoffice::http::auth
