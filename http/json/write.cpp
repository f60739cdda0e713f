#include "http/json/write.h"

#include <array>
#include <charconv>
#include <cmath>

namespace boxoffice::http::json {

namespace {

// For each byte: 0 when it stands for itself, the letter of its short escape, or 'u'.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

void append_two_digits(std::string& out, std::int64_t value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void append_date(std::string& out, Date d) {
  append_two_digits(out, d.year / 100);
  append_two_digits(out, d.year % 100);
  out += '-';
  append_two_digits(out, d.month);
  out += '-';
  append_two_digits(out, d.day);
}

void append_clock(std::string& out, std::int64_t seconds) {
  append_two_digits(out, seconds / 3600);
  out += ':';
  append_two_digits(out, seconds / 60 % 60);
  out += ':';
  append_two_digits(out, seconds % 60);
}

}  // namespace

void write_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escapes[static_cast<std::uint8_t>(text[i])];
    if (escape == 0) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      constexpr std::string_view hex = "0123456789abcdef";
      out += "00";
      out += hex[static_cast<std::uint8_t>(text[i]) >> 4];
      out += hex[static_cast<std::uint8_t>(text[i]) & 0xF];
    }
  }
  out.append(text, plain);
  out += '"';
}

void write_integer(std::string& out, std::int64_t value) { append_number(out, value); }
void write_integer(std::string& out, std::uint64_t value) { append_number(out, value); }

void write_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  const std::size_t start = out.size();
  append_number(out, value);
  if (out.find_first_of(".e", start) == std::string::npos) out += ".0";
}

void write_money(std::string& out, Money amount) {
  auto cents = static_cast<std::uint64_t>(amount.cents);
  if (amount.cents < 0) {
    out += '-';
    cents = 0 - cents;
  }
  append_number(out, cents / 100);
  out += '.';
  append_two_digits(out, static_cast<std::int64_t>(cents % 100));
  if (out.back() == '0') out.pop_back();
}

void write_instant(std::string& out, Instant t) {
  constexpr std::int64_t us_per_second = 1'000'000;
  constexpr std::int64_t us_per_day = 86'400 * us_per_second;
  const std::int64_t in_day = (t.us % us_per_day + us_per_day) % us_per_day;
  out += '"';
  append_date(out, date_of(t));
  out += 'T';
  append_clock(out, in_day / us_per_second);
  if (const std::int64_t fraction = in_day % us_per_second; fraction != 0) {
    out += '.';
    for (std::int64_t unit = us_per_second / 10; unit != 0; unit /= 10) {
      out += static_cast<char>('0' + fraction / unit % 10);
    }
  }
  out += "Z\"";
}

void write_date(std::string& out, Date d) {
  out += '"';
  append_date(out, d);
  out += '"';
}

void write_time_of_day(std::string& out, TimeOfDay t) {
  out += '"';
  append_clock(out, t.seconds);
  out += '"';
}

std::string& ObjectWriter::begin(std::string_view name) {
  out_ += first_ ? '{' : ',';
  first_ = false;
  write_text(out_, name);
  out_ += ':';
  return out_;
}

}  // namespace boxoffice::http::json
