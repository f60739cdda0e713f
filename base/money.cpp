#include "base/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace boxoffice {

std::string to_string(Money amount) {
  const bool negative = amount.cents < 0;
  const std::uint64_t cents = negative ? 0 - static_cast<std::uint64_t>(amount.cents)
                                       : static_cast<std::uint64_t>(amount.cents);
  std::string text = fmt::format("{}{}.{:02}", negative ? "-" : "", cents / 100, cents % 100);
  // "12.50" -> "12.5", "15.00" -> "15.0": as the FastAPI program that this one replaces
  // prints a float.
  if (text.back() == '0') text.pop_back();
  return text;
}

// decimal = [-+] digits [. digits] [e [-+] digits]. The digits are collected without the point;
// `scale` is the power of ten that they stand at.
std::optional<Money> parse_money(std::string_view text) {
  constexpr std::size_t digits_max = 40;  // far beyond any amount; bounds the work
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::string digits;
  int scale = 0;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      if (point) --scale;
    } else {
      break;
    }
  }
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    text.remove_prefix(i + 1);
    bool exponent_negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
      exponent_negative = text.front() == '-';
      text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 3) return std::nullopt;
    int exponent = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      exponent = exponent * 10 + (c - '0');
    }
    scale += exponent_negative ? -exponent : exponent;
  }
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++scale;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return Money{0};
  scale += 2;  // to cents
  if (scale < 0) return std::nullopt;
  if (digits.size() + static_cast<std::size_t>(scale) > 17) return std::nullopt;
  std::int64_t cents = 0;
  for (const char c : digits) cents = cents * 10 + (c - '0');
  for (int k = 0; k < scale; ++k) cents *= 10;
  return Money{negative ? -cents : cents};
}

}  // namespace boxoffice
