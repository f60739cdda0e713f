#include "http/json/email.h"

#include "base/text.h"
#include "http/json/text.h"

#include <algorithm>
#include <cstdint>

namespace boxoffice::http::json {

namespace {

constexpr std::size_t address_max = 254;  // RFC 5321 4.5.3.1.3, less the angle brackets
constexpr std::size_t local_max = 64;     // RFC 5321 4.5.3.1.1
constexpr std::size_t label_max = 63;     // RFC 1035 2.3.4

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 5322 atext and the dots between atoms; RFC 6531 adds everything beyond ASCII.
bool is_local(char c) {
  constexpr std::string_view punctuation = "_!#$%&'*+-/=?^`{|}~.";
  return is_alphanumeric(c) || static_cast<std::uint8_t>(c) >= 0x80 ||
         punctuation.find(c) != std::string_view::npos;
}

bool is_domain(char c) { return is_alphanumeric(c) || c == '-' || c == '.'; }

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// How a refused character is shown.
std::string shown(std::string_view text, bool (*allowed)(char)) {
  const auto bad = std::find_if_not(text.begin(), text.end(), allowed);
  if (*bad == ' ') return "SPACE";
  const auto code = static_cast<std::uint8_t>(*bad);
  if (code < 0x20 || code >= 0x7F) return "a character that is not printable ASCII";
  return *bad == '\'' ? "\"'\"" : std::string("'") + *bad + "'";
}

std::string too_many(std::size_t count) {
  return "(" + std::to_string(count) + " character" + (count == 1 ? "" : "s") + " too many).";
}

// Empty when the local part is one.
std::string local_reason(std::string_view local) {
  if (local.empty()) return "There must be something before the @-sign.";
  if (!std::all_of(local.begin(), local.end(), is_local)) {
    return "The email address contains invalid characters before the @-sign: " +
           shown(local, is_local) + ".";
  }
  if (local.front() == '.') return "An email address cannot start with a period.";
  if (local.back() == '.') {
    return "An email address cannot have a period immediately before the @-sign.";
  }
  if (contains(local, "..")) return "An email address cannot have two periods in a row.";
  if (local.size() > local_max) {
    return "The email address is too long before the @-sign " + too_many(local.size() - local_max);
  }
  return {};
}

std::string label_reason(std::string_view domain) {
  while (!domain.empty()) {
    const std::size_t size = std::min(domain.find('.'), domain.size());
    if (size > label_max) {
      return "After the @-sign, periods cannot be separated by so many characters " +
             too_many(size - label_max);
    }
    domain.remove_prefix(std::min(size + 1, domain.size()));
  }
  return {};
}

// Empty when the domain is one.
std::string domain_reason(std::string_view domain) {
  if (domain.empty()) return "There must be something after the @-sign.";
  if (!std::all_of(domain.begin(), domain.end(), is_domain)) {
    return "The part after the @-sign contains invalid characters: " + shown(domain, is_domain) +
           ".";
  }
  if (domain.front() == '.') {
    return "An email address cannot have a period immediately after the @-sign.";
  }
  if (domain.back() == '.') return "An email address cannot end with a period.";
  if (contains(domain, "..")) return "An email address cannot have two periods in a row.";
  if (domain.front() == '-') {
    return "An email address cannot have a hyphen immediately after the @-sign.";
  }
  if (domain.back() == '-') return "An email address cannot end with a hyphen.";
  if (contains(domain, ".-") || contains(domain, "-.")) {
    return "An email address cannot have a period and a hyphen next to each other.";
  }
  if (std::string reason = label_reason(domain); !reason.empty()) return reason;
  if (!contains(domain, ".")) {
    return "The part after the @-sign is not valid. It should have a period.";
  }
  if (domain.back() >= '0' && domain.back() <= '9') {
    return "The part after the @-sign is not valid. It is not within a valid top-level domain.";
  }
  return {};
}

}  // namespace

std::variant<Email, BadEmail> parse_email(std::string_view text) {
  const std::string_view address = trimmed(text);
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos) return BadEmail{"An email address must have an @-sign."};
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  if (std::string reason = local_reason(local); !reason.empty()) return BadEmail{reason};
  if (std::string reason = domain_reason(domain); !reason.empty()) return BadEmail{reason};
  if (address.size() > address_max) {
    return BadEmail{"The email address is too long " + too_many(address.size() - address_max)};
  }
  return Email(std::string(local) + "@" + ascii_lower(domain));
}

}  // namespace boxoffice::http::json
