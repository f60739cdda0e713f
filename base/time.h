// Time as values: instants, dates, times of day. Types only: nothing here reads a clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace boxoffice {

using Duration = std::chrono::microseconds;

/// A point in time: microseconds since 1970-01-01T00:00:00 UTC.
struct Instant {
  std::int64_t us = 0;

  constexpr auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return Instant{t.us + d.count()}; }
  friend constexpr Instant operator-(Instant t, Duration d) { return Instant{t.us - d.count()}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return Duration(a.us - b.us); }
};

inline Instant instant_of(std::chrono::system_clock::time_point t) {
  return Instant{std::chrono::duration_cast<Duration>(t.time_since_epoch()).count()};
}

/// The first instant of the year 1 and the last of 9999: those that have a text.
inline constexpr Instant instant_min{-62'135'596'800'000'000};
inline constexpr Instant instant_max{253'402'300'799'999'999};

/// A calendar date (proleptic Gregorian), year 1..9999.
struct Date {
  std::int16_t year = 1970;
  std::uint8_t month = 1;
  std::uint8_t day = 1;

  constexpr auto operator<=>(const Date&) const = default;
};

/// Seconds since midnight, 0..86399.
struct TimeOfDay {
  std::int32_t seconds = 0;

  constexpr auto operator<=>(const TimeOfDay&) const = default;
};

/// "2024-06-15T20:00:00.123456Z"; the fraction is left out when it is zero.
/// REQUIRES: instant_min <= t <= instant_max.
std::string to_string(Instant t);
/// "2024-06-15"
std::string to_string(Date d);
/// "20:00:00"
std::string to_string(TimeOfDay t);

/// "2024-06-15T20:00:00[.fraction]Z"; empty when malformed.
std::optional<Instant> parse_instant(std::string_view text);
/// "2024-06-15"; empty when malformed or not a real day.
std::optional<Date> parse_date(std::string_view text);
/// "20:00" or "20:00:00"; empty when malformed.
std::optional<TimeOfDay> parse_time_of_day(std::string_view text);

/// The date that the instant falls on, in UTC.
Date date_of(Instant t);
/// The date `days` after `d` (or before it, when negative).
Date add_days(Date d, int days);

/// Where time comes from. The engine stamps time in one place; tests stand a fake in here.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
};

}  // namespace boxoffice
