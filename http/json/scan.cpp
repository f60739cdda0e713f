#include "http/json/scan.h"

#include "http/json/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace boxoffice::http::json {

namespace {

// A recursive-descent reader of RFC 8259 that remembers nothing but where it stopped. Its messages
// and their places are those of Python's json module, which clients of the old program have seen;
// what Python accepts and we refuse has messages of our own.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t repeated_member)
      : text_(text), repeated_member_(repeated_member) {}

  ParseError run() {
    skip_space();
    if (value(0)) {
      skip_space();
      if (at_ != text_.size()) fail(at_, "Extra data");
    }
    return error_.value_or(ParseError{0, "Unreadable JSON"});
  }

 private:
  // Each of these moves over what it names; false when it failed (and said so).
  bool value(std::size_t depth);
  bool object(std::size_t depth);
  bool array(std::size_t depth);
  bool string();
  bool escape();
  bool unicode_escape();
  bool number();
  std::size_t digits();
  bool literal(std::string_view word);
  bool character();

  std::optional<std::uint32_t> four_hex_digits(std::size_t from) const;

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }
  bool fail(std::size_t byte, std::string_view reason) {
    error_ = ParseError{count_characters(text_.substr(0, byte)), std::string(reason)};
    return false;
  }

  std::string_view text_;
  std::size_t repeated_member_;
  std::size_t at_ = 0;
  std::size_t members_ = 0;
  std::optional<ParseError> error_;
};

bool Scanner::value(std::size_t depth) {
  if (at_ == text_.size()) return fail(at_, "Expecting value");
  switch (text_[at_]) {
    case '{': return object(depth);
    case '[': return array(depth);
    case '"': return string();
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: return number();
  }
}

bool Scanner::object(std::size_t depth) {
  if (depth == depth_max) return fail(at_, "Nested too deeply");
  ++at_;
  skip_space();
  if (take('}')) return true;
  while (true) {
    if (!next_is('"')) return fail(at_, "Expecting property name enclosed in double quotes");
    if (members_++ == repeated_member_) return fail(at_, "Repeated property name");
    if (!string()) return false;
    skip_space();
    if (!take(':')) return fail(at_, "Expecting ':' delimiter");
    skip_space();
    if (!value(depth + 1)) return false;
    skip_space();
    if (take('}')) return true;
    if (!take(',')) return fail(at_, "Expecting ',' delimiter");
    skip_space();
  }
}

bool Scanner::array(std::size_t depth) {
  if (depth == depth_max) return fail(at_, "Nested too deeply");
  ++at_;
  skip_space();
  if (take(']')) return true;
  while (true) {
    if (!value(depth + 1)) return false;
    skip_space();
    if (take(']')) return true;
    if (!take(',')) return fail(at_, "Expecting ',' delimiter");
    skip_space();
  }
}

bool Scanner::literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail(at_, "Expecting value");
  at_ += word.size();
  return true;
}

bool Scanner::string() {
  const std::size_t start = at_++;
  while (at_ < text_.size()) {
    const auto c = static_cast<std::uint8_t>(text_[at_]);
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c < 0x20) return fail(at_, "Invalid control character at");
    if (c == '\\' ? !escape() : !character()) return false;
  }
  return fail(start, "Unterminated string starting at");
}

bool Scanner::escape() {
  if (at_ + 1 == text_.size()) {
    ++at_;
    return true;  // string() finds its end missing
  }
  if (text_[at_ + 1] == 'u') return unicode_escape();
  constexpr std::string_view known = "\"\\/bfnrt";
  if (known.find(text_[at_ + 1]) == std::string_view::npos) return fail(at_, "Invalid \\escape");
  at_ += 2;
  return true;
}

std::optional<std::uint32_t> Scanner::four_hex_digits(std::size_t from) const {
  const std::string_view hex = text_.substr(std::min(from, text_.size()), 4);
  std::uint32_t code = 0;
  const char* const end = hex.data() + hex.size();
  if (hex.size() < 4 || std::from_chars(hex.data(), end, code, 16).ptr != end) return std::nullopt;
  return code;
}

bool Scanner::unicode_escape() {
  const auto code = four_hex_digits(at_ + 2);
  if (!code) return fail(at_ + 1, "Invalid \\uXXXX escape");
  const bool high = *code >= 0xD800 && *code <= 0xDBFF;
  const bool low = *code >= 0xDC00 && *code <= 0xDFFF;
  if (!high && !low) {
    at_ += 6;
    return true;
  }
  const auto second = text_.substr(at_ + 6, 2) == "\\u" ? four_hex_digits(at_ + 8) : std::nullopt;
  if (low || !second || *second < 0xDC00 || *second > 0xDFFF) {
    return fail(at_ + 1, "Invalid \\uXXXX escape, unpaired surrogate");
  }
  at_ += 12;
  return true;
}

std::size_t Scanner::digits() {
  const std::size_t start = at_;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
  return at_ - start;
}

// The longest number that stands here; what follows it is then "Extra data" or a missing ','.
bool Scanner::number() {
  const std::size_t start = at_;
  const bool negative = take('-');
  if (!take('0') && digits() == 0) return fail(start, "Expecting value");
  bool integer = true;
  for (const char part : {'.', 'e'}) {
    const std::size_t before = at_;
    const bool starts = part == '.' ? take('.') : take('e') || take('E');
    if (starts && part == 'e' && !take('+')) take('-');
    if (starts && digits() > 0) {
      integer = false;
    } else {
      at_ = before;
    }
  }
  const char* const first = text_.data() + start;
  const char* const last = text_.data() + at_;
  std::int64_t as_signed = 0;
  std::uint64_t as_unsigned = 0;
  double as_double = 0;
  const std::errc result = !integer   ? std::from_chars(first, last, as_double).ec
                           : negative ? std::from_chars(first, last, as_signed).ec
                                      : std::from_chars(first, last, as_unsigned).ec;
  // A double that is too small to tell from zero is out of range as well, and harmless.
  const bool tiny = !integer && text_.substr(start, at_ - start).find("e-") != std::string::npos;
  if (result == std::errc::result_out_of_range && !tiny) return fail(start, "Number out of range");
  return true;
}

// One character of UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates.
bool Scanner::character() {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at_ + i < text_.size() ? static_cast<std::uint8_t>(text_[at_ + i]) : 0U;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) {
    ++at_;
    return true;
  }
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const std::uint32_t second_min = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint32_t second_max = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  bool valid = lead >= 0xC2 && lead <= 0xF4 && byte(1) >= second_min && byte(1) <= second_max;
  for (std::size_t i = 2; i < size; ++i) valid = valid && (byte(i) & 0xC0) == 0x80;
  if (!valid) return fail(at_, "Invalid UTF-8");
  at_ += size;
  return true;
}

}  // namespace

ParseError first_error(std::string_view text, std::size_t repeated_member) {
  return Scanner(text, repeated_member).run();
}

}  // namespace boxoffice::http::json
