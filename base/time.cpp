#include "base/time.h"

#include <fmt/format.h>

namespace boxoffice {

namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

std::chrono::sys_days days_of(Date d) {
  return std::chrono::sys_days(std::chrono::year(d.year) / std::chrono::month(d.month) /
                               std::chrono::day(d.day));
}

Date to_date(std::chrono::sys_days days) {
  const std::chrono::year_month_day ymd(days);
  return Date{static_cast<std::int16_t>(int(ymd.year())),
              static_cast<std::uint8_t>(unsigned(ymd.month())),
              static_cast<std::uint8_t>(unsigned(ymd.day()))};
}

// Exactly `count` digits at `at`; moves `at` behind them.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += count;
  return value;
}

bool literal(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

}  // namespace

std::string to_string(Instant t) {
  const std::int64_t day = floor_div(t.us, us_per_day);
  const std::int64_t in_day = t.us - day * us_per_day;
  const Date date = to_date(std::chrono::sys_days(std::chrono::days(day)));
  const std::int64_t second = in_day / us_per_second;
  const std::int64_t fraction = in_day % us_per_second;
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month,
                                date.day, second / 3600, second / 60 % 60, second % 60);
  if (fraction != 0) out += fmt::format(".{:06}", fraction);
  out += 'Z';
  return out;
}

std::string to_string(Date d) { return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day); }

std::string to_string(TimeOfDay t) {
  return fmt::format("{:02}:{:02}:{:02}", t.seconds / 3600, t.seconds / 60 % 60, t.seconds % 60);
}

std::optional<Date> parse_date(std::string_view text) {
  std::size_t at = 0;
  const auto year = digits(text, at, 4);
  if (!year || !literal(text, at, '-')) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !literal(text, at, '-')) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day || at != text.size() || *year < 1) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(*year),
                                        std::chrono::month(static_cast<unsigned>(*month)),
                                        std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return Date{static_cast<std::int16_t>(*year), static_cast<std::uint8_t>(*month),
              static_cast<std::uint8_t>(*day)};
}

std::optional<TimeOfDay> parse_time_of_day(std::string_view text) {
  std::size_t at = 0;
  const auto hour = digits(text, at, 2);
  if (!hour || *hour > 23 || !literal(text, at, ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (at != text.size()) {
    if (!literal(text, at, ':')) return std::nullopt;
    const auto s = digits(text, at, 2);
    if (!s || *s > 59 || at != text.size()) return std::nullopt;
    second = *s;
  }
  return TimeOfDay{*hour * 3600 + *minute * 60 + second};
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const auto time = parse_time_of_day(text.substr(11, 8));
  if (!date || !time || text.substr(11, 8).size() != 8) return std::nullopt;
  std::int64_t us = days_of(*date).time_since_epoch().count() * us_per_day +
                    std::int64_t{time->seconds} * us_per_second;
  const std::string_view rest = text.substr(19, text.size() - 20);
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() < 2 || rest.size() > 7) return std::nullopt;
    std::int64_t unit = us_per_second / 10;
    for (const char c : rest.substr(1)) {
      if (c < '0' || c > '9') return std::nullopt;
      us += (c - '0') * unit;
      unit /= 10;
    }
  }
  return Instant{us};
}

Date date_of(Instant t) {
  return to_date(std::chrono::sys_days(std::chrono::days(floor_div(t.us, us_per_day))));
}

Date add_days(Date d, int days) { return to_date(days_of(d) + std::chrono::days(days)); }

}  // namespace boxoffice
