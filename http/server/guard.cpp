#include "http/server/guard.h"

#include <algorithm>
#include <array>

namespace boxoffice::http {
namespace {

constexpr Refusal target_too_long{414, "request target too long", RejectReason::header_too_large};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }

bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

// A table: each character of each field name is looked up, of requests and of answers.
constexpr std::array<bool, 256> token_chars = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 128; ++c) table[c] = is_alnum(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<std::size_t>(c)] = true;
  return table;
}();

bool is_token_char(char c) { return token_chars[static_cast<unsigned char>(c)]; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Whether `name` reads as `plain` (lower-case letters) to a reader who drops punctuation, as a CGI
/// gateway does when it makes CONTENT_LENGTH of a field name.
bool reads_as(std::string_view name, std::string_view plain) {
  auto expected = plain.begin();
  for (const char c : name) {
    if (!is_alnum(c)) continue;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (expected == plain.end() || *expected != lower) return false;
    ++expected;
  }
  return expected == plain.end();
}

/// host [":" port], the host a name, an IPv4 address or a bracketed IPv6 address.
bool is_host(std::string_view host) {
  std::size_t end = 0;
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const std::string_view address = host.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
      return false;
    }
    ++end;
  } else {
    while (end < host.size() && (is_alnum(host[end]) || is_one_of(host[end], "-._~%"))) ++end;
    if (end == 0) return false;
  }
  if (end == host.size()) return true;
  return host[end] == ':' && host.size() - end <= 6 &&
         (host.size() == end + 1 || all_digits(host.substr(end + 1)));
}

std::optional<Refusal> refuse_target(const RequestHead& head, const ServerLimits& limits) {
  const std::string& target = head.target;
  if (target.size() > limits.target_bytes_max) return target_too_long;
  const auto is_odd = [](char c) { return c <= ' ' || c > '~' || c == '#'; };
  if (target.empty() || std::any_of(target.begin(), target.end(), is_odd)) {
    return Refusal{400, "illegal character in the request target"};
  }
  if (head.method == "CONNECT") {
    if (is_host(target) && is_digit(target.back()) && target.find(':') != target.npos) return {};
    return Refusal{400, "request target is not a host and a port"};
  }
  if (target.front() == '/') return {};
  if (target == "*" && head.method == "OPTIONS") return {};
  return Refusal{400, "request target is not a path"};
}

/// How often the fields that frame and address a message occur, and with what value.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  int authorizations = 0;
  const std::string* host = nullptr;
  const std::string* length = nullptr;
  const std::string* coding = nullptr;
};

std::optional<Refusal> read_fields(const Headers& headers, Framing& framing) {
  for (const auto& [name, value] : headers.fields) {
    if (!is_token(name)) return Refusal{400, "illegal header name"};
    const auto is_illegal = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (std::any_of(value.begin(), value.end(), is_illegal)) {
      return Refusal{400, "illegal character in a header value"};
    }
    if (equal_without_case(name, "Host")) {
      ++framing.hosts;
      framing.host = &value;
    } else if (equal_without_case(name, "Content-Length")) {
      ++framing.lengths;
      framing.length = &value;
    } else if (equal_without_case(name, "Transfer-Encoding")) {
      ++framing.codings;
      framing.coding = &value;
    } else if (equal_without_case(name, "Authorization")) {
      ++framing.authorizations;
    } else if (reads_as(name, "contentlength") || reads_as(name, "transferencoding")) {
      return Refusal{400, "header name looks like a framing header"};
    }
  }
  return {};
}

std::optional<Refusal> refuse_framing(const RequestHead& head, const Framing& framing) {
  if (framing.codings > 0) {
    if (head.version < 11) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
    if (framing.lengths > 0) return Refusal{400, "Transfer-Encoding beside Content-Length"};
    if (framing.codings > 1 || !equal_without_case(*framing.coding, "chunked")) {
      return Refusal{400, "Transfer-Encoding other than chunked"};
    }
  }
  if (framing.lengths > 1) return Refusal{400, "repeated Content-Length"};
  if (framing.length && !all_digits(*framing.length)) {
    return Refusal{400, "Content-Length is not a number"};
  }
  return {};
}

}  // namespace

std::size_t HeadScan::find_end(std::string_view bytes) {
  while (!refusal_) {
    const std::size_t end = next_ < bytes.size() ? bytes.find('\n', next_) : bytes.npos;
    if (end == bytes.npos) {
      next_ = bytes.size();
      return 0;
    }
    if (end == line_start_ || bytes[end - 1] != '\r') {
      refusal_ = Refusal{400, "line does not end in CR LF"};
    } else if (end - line_start_ == 1) {
      return end + 1;
    } else if (line_start_ > 0 && (bytes[line_start_] == ' ' || bytes[line_start_] == '\t')) {
      refusal_ = Refusal{400, "folded header line"};
    }
    next_ = line_start_ = end + 1;
    ++lines_;
  }
  return 0;
}

std::optional<Refusal> refuse_size(const HeadSize& head, const ServerLimits& limits) {
  // METHOD SP target SP "HTTP/1.1" CR LF: a first line without its end is all target but for these.
  const std::string_view bytes = head.bytes;
  const std::size_t line = std::min(bytes.find('\n'), bytes.size());
  const std::size_t method = std::min(bytes.find(' '), line);
  const std::size_t around = method + std::string_view("  HTTP/1.1\r").size();
  if (line > around && line - around > limits.target_bytes_max) return target_too_long;
  if (bytes.size() > limits.header_bytes_max ||
      (!head.complete && bytes.size() == limits.header_bytes_max)) {
    return Refusal{431, "request header too large", RejectReason::header_too_large};
  }
  if (head.lines > limits.header_fields_max + 1) {
    return Refusal{431, "too many header fields", RejectReason::header_too_large};
  }
  return {};
}

std::optional<Refusal> refuse_head(const RequestHead& head, const ServerLimits& limits) {
  if (head.version != 10 && head.version != 11) return Refusal{505, "HTTP version not supported"};
  if (!is_token(head.method)) return Refusal{400, "illegal method"};
  if (auto refusal = refuse_target(head, limits)) return refusal;
  Framing framing;
  if (auto refusal = read_fields(head.headers, framing)) return refusal;
  if (auto refusal = refuse_framing(head, framing)) return refusal;
  if (framing.hosts > 1) return Refusal{400, "repeated Host"};
  if (framing.hosts == 0 && head.version == 11) return Refusal{400, "missing Host"};
  if (framing.host && !is_host(*framing.host)) return Refusal{400, "illegal Host"};
  if (framing.authorizations > 1) return Refusal{400, "repeated Authorization"};
  for (const auto& [name, value] : head.headers.fields) {
    if (equal_without_case(name, "Expect") && !equal_without_case(value, "100-continue")) {
      return Refusal{417, "expectation cannot be met"};
    }
  }
  return {};
}

Refusal refuse_request_line(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  const std::string_view version = space == line.npos ? "" : line.substr(space + 1);
  const bool sound = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                     version[6] == '.' && is_digit(version[7]);
  if (sound && version != "HTTP/1.0" && version != "HTTP/1.1") {
    return Refusal{505, "HTTP version not supported"};
  }
  return Refusal{400, "malformed request"};
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equal_without_case(item, token)) return true;
  }
  return false;
}

bool wants_keep_alive(const RequestHead& head) {
  bool keep_alive = head.version == 11;
  for (const auto& [name, value] : head.headers.fields) {
    if (!equal_without_case(name, "Connection")) continue;
    if (has_token(value, "close")) return false;
    if (has_token(value, "keep-alive")) keep_alive = true;
  }
  return keep_alive;
}

bool expects_continue(const RequestHead& head) {
  if (head.version != 11) return false;
  const std::string* expect = head.headers.find("Expect");
  return expect && equal_without_case(*expect, "100-continue");
}

}  // namespace boxoffice::http
