// Numbers as pydantic reads them: integers, booleans and amounts, from JSON numbers and from text.
#include "base/text.h"
#include "http/json/read.h"
#include "http/json/text.h"
#include "http/json/write.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace boxoffice::http::json {

namespace {

using Kind = Value::Kind;

// An integer as the client meant it; `overflow` is its sign when 64 bits cannot hold it, and
// `value` is then the nearest that they can.
struct WideInteger {
  std::int64_t value = 0;
  int overflow = 0;
};

WideInteger saturated(bool negative) {
  using Limits = std::numeric_limits<std::int64_t>;
  return negative ? WideInteger{Limits::min(), -1} : WideInteger{Limits::max(), 1};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// [+-] digits, single underscores between them, and a fraction of zeros: what pydantic takes.
std::optional<WideInteger> integer_from_text(std::string_view text) {
  text = trimmed(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty() || fraction.find_first_not_of('0') != std::string_view::npos) {
      return std::nullopt;
    }
    text = text.substr(0, point);
  }
  std::string digits(negative ? "-" : "");
  bool after_digit = false;
  for (const char c : text) {
    if (!is_digit(c) && !(c == '_' && after_digit)) return std::nullopt;
    after_digit = is_digit(c);
    if (after_digit) digits += c;
  }
  if (!after_digit) return std::nullopt;
  WideInteger out;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), out.value);
  return result.ec == std::errc::result_out_of_range ? saturated(negative) : out;
}

std::optional<WideInteger> integer_from_number(double number) {
  if (std::trunc(number) != number) return std::nullopt;
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  if (number >= beyond || number < -beyond) return saturated(number < 0);
  return WideInteger{static_cast<std::int64_t>(number)};
}

std::optional<WideInteger> lax_integer(const Value& value, const Place& place) {
  std::optional<WideInteger> out;
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer: return WideInteger{value.as_integer()};
    case Kind::big_integer: return saturated(false);
    case Kind::number:
      out = integer_from_number(value.as_number());
      if (!out) {
        place.add("int_from_float",
                  "Input should be a valid integer, got a number with a fractional part", value);
      }
      return out;
    case Kind::text:
      out = integer_from_text(value.as_text());
      if (!out) {
        place.add("int_parsing",
                  "Input should be a valid integer, unable to parse string as an integer", value);
      }
      return out;
    case Kind::null:
    case Kind::array:
    case Kind::object: break;
  }
  place.add("int_type", "Input should be a valid integer", value);
  return std::nullopt;
}

void add_too_small(const Value& value, std::int64_t min, const Place& place) {
  place.add("greater_than_equal", "Input should be greater than or equal to " + std::to_string(min),
            value, to_object("ge", min));
}

void add_too_large(const Value& value, std::int64_t max, const Place& place) {
  place.add("less_than_equal", "Input should be less than or equal to " + std::to_string(max),
            value, to_object("le", max));
}

// The decimal text of a lax number; nothing when it was reported. A double is read as its shortest
// decimal, which is what the client wrote unless it wrote more than 15 digits.
std::optional<std::string> decimal_text(const Value& value, const Place& place) {
  std::string text;
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer: write_integer(text, value.as_integer()); return text;
    case Kind::big_integer: write_integer(text, value.as_big_integer()); return text;
    case Kind::number: write_number(text, value.as_number()); return text;
    case Kind::text: return std::string(trimmed(value.as_text()));
    case Kind::null:
    case Kind::array:
    case Kind::object: break;
  }
  place.add("float_type", "Input should be a valid number", value);
  return std::nullopt;
}

// What a lax boolean says, in lower case; nothing for a value that cannot be one.
std::optional<std::string> bool_word(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer: return std::to_string(value.as_integer());
    case Kind::big_integer: return std::to_string(value.as_big_integer());
    case Kind::number:
      if (const auto integer = integer_from_number(value.as_number())) {
        return std::to_string(integer->value);
      }
      return std::nullopt;
    case Kind::text: return ascii_lower(value.as_text());
    case Kind::null:
    case Kind::array:
    case Kind::object: return std::nullopt;
  }
  return std::nullopt;
}

// Roughly how large the decimal is, to say what is wrong with an amount that is not Money. Nothing
// when it is no number at all.
std::optional<double> magnitude(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double out = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || result.ptr != text.data() + text.size()) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range && text.find("e-") == std::string_view::npos) {
    out = text.front() == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  return out;
}

}  // namespace

std::optional<std::int64_t> read_integer(const Value& value, IntRange range, const Place& place) {
  const auto integer = lax_integer(value, place);
  if (!integer) return std::nullopt;
  if (integer->overflow < 0 || integer->value < range.min) {
    add_too_small(value, range.min, place);
  } else if (integer->overflow > 0 || integer->value > range.max) {
    add_too_large(value, range.max, place);
  } else {
    return integer->value;
  }
  return std::nullopt;
}

std::int64_t read_id(const Value& value, const Place& place) {
  return lax_integer(value, place).value_or(WideInteger{}).value;
}

void read(const Value& value, bool& out, const Place& place) {
  constexpr std::array<std::string_view, 6> yes{"1", "on", "t", "true", "y", "yes"};
  constexpr std::array<std::string_view, 6> no{"0", "off", "f", "false", "n", "no"};
  const auto word = bool_word(value);
  if (!word) {
    place.add("bool_type", "Input should be a valid boolean", value);
  } else if (std::find(yes.begin(), yes.end(), *word) != yes.end()) {
    out = true;
  } else if (std::find(no.begin(), no.end(), *word) != no.end()) {
    out = false;
  } else {
    place.add("bool_parsing", "Input should be a valid boolean, unable to interpret input", value);
  }
}

std::optional<Money> read_money(const Value& value, Money min, const Place& place) {
  const auto text = decimal_text(value, place);
  if (!text) return std::nullopt;
  const auto about = magnitude(*text);
  const auto amount = parse_money(*text);
  const std::int64_t whole_min = min.cents / 100;
  const std::int64_t whole_max = money_max.cents / 100;
  if (!about) {
    place.add("float_parsing", "Input should be a valid number, unable to parse string as a number",
              value);
  } else if (std::isnan(*about)) {
    place.add("finite_number", "Input should be a finite number", value);
  } else if (amount ? *amount < min : *about < static_cast<double>(whole_min)) {
    add_too_small(value, whole_min, place);
  } else if (amount ? *amount > money_max : *about > static_cast<double>(whole_max)) {
    add_too_large(value, whole_max, place);
  } else if (!amount) {
    place.add("decimal_max_places", "Decimal input should have no more than 2 decimal places",
              value, to_object("decimal_places", 2));
  } else {
    return amount;
  }
  return std::nullopt;
}

void read(const Value& value, Money& out, const Place& place) {
  if (const auto amount = read_money(value, Money{-money_max.cents}, place)) out = *amount;
}

void read(const Value& value, NonNegativeMoney& out, const Place& place) {
  if (const auto amount = read_money(value, Money{0}, place)) out = {*amount};
}

}  // namespace boxoffice::http::json
