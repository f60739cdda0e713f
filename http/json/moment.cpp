// Dates, times of day and instants as pydantic reads them (its parser is the Rust crate speedate):
// the same forms, and the same reason for each that is refused.
#include "http/json/read.h"
#include "http/json/write.h"

#include <chrono>
#include <cstdint>

namespace boxoffice::http::json {

namespace {

struct Clock {
  std::int32_t seconds = 0;
  bool has_fraction = false;  ///< other than zero
  std::int32_t us = 0;        ///< of the fraction; digits after the sixth count for nothing
  bool has_zone = false;
  std::int32_t zone_s = 0;  ///< east of UTC
};

class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : text_(text) {}

  /// YYYY-MM-DD
  std::optional<Date> date();
  /// HH:MM[:SS[.fraction]][Z|+HH:MM], to the end
  std::optional<Clock> clock();

  bool at_end() const { return at_ == text_.size(); }
  bool separator();
  std::string_view reason() const { return reason_; }

 private:
  std::optional<int> digits(std::size_t count, std::string_view reason);
  bool fraction(Clock& out);
  bool zone(Clock& out);
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool expect(char c, std::string_view reason) { return take(c) || fail(reason); }
  bool fail(std::string_view reason) {
    reason_ = reason;
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view reason_;
};

std::optional<int> MomentReader::digits(std::size_t count, std::string_view reason) {
  int value = 0;
  for (const std::size_t end = at_ + count; at_ < end; ++at_) {
    if (at_end() || text_[at_] < '0' || text_[at_] > '9') {
      fail(reason);
      return std::nullopt;
    }
    value = value * 10 + (text_[at_] - '0');
  }
  return value;
}

std::optional<Date> MomentReader::date() {
  constexpr std::size_t size = 10;
  constexpr std::string_view bad_separator = "invalid date separator, expected `-`";
  if (text_.size() < size) {
    fail("input is too short");
    return std::nullopt;
  }
  const auto year = digits(4, "invalid character in year");
  if (!year || !expect('-', bad_separator)) return std::nullopt;
  const auto month = digits(2, "invalid character in month");
  if (!month || !expect('-', bad_separator)) return std::nullopt;
  const auto day = digits(2, "invalid character in day");
  if (!day) return std::nullopt;
  const std::chrono::year_month_day calendar(std::chrono::year(*year),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day)));
  if (!calendar.month().ok()) {
    fail("month value is outside expected range of 1-12");
  } else if (!calendar.ok()) {
    fail("day value is outside expected range");
  } else if (*year == 0) {
    fail("year 0 is out of range");
  } else {
    return Date{static_cast<std::int16_t>(*year), static_cast<std::uint8_t>(*month),
                static_cast<std::uint8_t>(*day)};
  }
  return std::nullopt;
}

bool MomentReader::separator() {
  return take('T') || take('t') || take('_') || take(' ') ||
         fail("invalid datetime separator, expected `T`, `t`, `_` or space");
}

std::optional<Clock> MomentReader::clock() {
  constexpr std::size_t size_min = 5;
  if (text_.size() < at_ + size_min) {
    fail("input is too short");
    return std::nullopt;
  }
  const auto hour = digits(2, "invalid character in hour");
  if (!hour || !expect(':', "invalid time separator, expected `:`")) return std::nullopt;
  const auto minute = digits(2, "invalid character in minute");
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  if (*hour > 23) {
    fail("hour value is outside expected range of 0-23");
  } else if (*minute > 59) {
    fail("minute value is outside expected range of 0-59");
  } else if (take(':')) {
    second = digits(2, "invalid character in second");
    if (second && *second > 59) fail("second value is outside expected range of 0-59");
  }
  if (!reason_.empty()) return std::nullopt;
  Clock out;
  out.seconds = *hour * 3600 + *minute * 60 + *second;
  if (!fraction(out) || !zone(out)) return std::nullopt;
  return out;
}

bool MomentReader::fraction(Clock& out) {
  if (!take('.')) return true;
  const std::size_t start = at_;
  std::int32_t unit_us = 100'000;
  for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
    out.has_fraction = out.has_fraction || text_[at_] != '0';
    out.us += (text_[at_] - '0') * unit_us;
    unit_us /= 10;
  }
  return at_ != start || fail("second fraction digits missing after `.`");
}

bool MomentReader::zone(Clock& out) {
  if (at_end()) return true;
  out.has_zone = true;
  if (!take('Z') && !take('z')) {
    const bool is_west = take('-');
    if (!is_west && !take('+')) return fail("invalid timezone sign");
    const auto hour = digits(2, "invalid timezone hour");
    if (!hour) return false;
    take(':');
    const auto minute = digits(2, "invalid timezone minute");
    if (!minute) return false;
    if (*hour > 23 || *minute > 59) return fail("timezone offset must be less than 24 hours");
    out.zone_s = (*hour * 3600 + *minute * 60) * (is_west ? -1 : 1);
  }
  return at_end() || fail("unexpected extra characters at the end of the input");
}

void add_reason(std::string_view type, std::string_view msg, std::string_view reason,
                const Value& value, const Place& place) {
  place.add(type, std::string(msg) + ", " + std::string(reason), value, to_object("error", reason));
}

struct DateAndClock {
  std::optional<Date> date;
  std::optional<Clock> clock;
};

/// A date and the clock that follows it, or midnight. What is wrong with them is the reader's
/// reason().
DateAndClock read_date_and_clock(MomentReader& reader) {
  DateAndClock out{.date = reader.date(), .clock = Clock{}};
  if (out.date && !reader.at_end() && reader.separator()) out.clock = reader.clock();
  return out;
}

}  // namespace

void read(const Value& value, Date& out, const Place& place) {
  if (value.kind() != Value::Kind::text) {
    place.add("date_type", "Input should be a valid date", value);
    return;
  }
  MomentReader reader(value.as_text());
  const auto [date, clock] = read_date_and_clock(reader);
  if (!reader.reason().empty()) {
    add_reason("date_from_datetime_parsing", "Input should be a valid date or datetime",
               reader.reason(), value, place);
  } else if (clock->seconds != 0 || clock->has_fraction) {
    place.add("date_from_datetime_inexact",
              "Datetimes provided to dates should have zero time - e.g. be exact dates", value);
  } else {
    out = *date;
  }
}

void read(const Value& value, Instant& out, const Place& place) {
  if (value.kind() != Value::Kind::text) {
    place.add("datetime_type", "Input should be a valid datetime", value);
    return;
  }
  MomentReader reader(value.as_text());
  const auto [date, clock] = read_date_and_clock(reader);
  if (!reader.reason().empty()) {
    add_reason("datetime_from_date_parsing", "Input should be a valid datetime or date",
               reader.reason(), value, place);
  } else if (!clock->has_zone) {
    place.add("timezone_aware", "Input should have timezone info", value);
  } else {
    const std::chrono::sys_days day =
        std::chrono::year_month_day(std::chrono::year(date->year), std::chrono::month(date->month),
                                    std::chrono::day(date->day));
    const Duration at = day.time_since_epoch() + std::chrono::seconds(clock->seconds) -
                        std::chrono::seconds(clock->zone_s);
    out = Instant{at.count() + clock->us};
  }
}

void read(const Value& value, TimeOfDay& out, const Place& place) {
  if (value.kind() != Value::Kind::text) {
    place.add("time_type", "Input should be a valid time", value);
    return;
  }
  MomentReader reader(value.as_text());
  const auto clock = reader.clock();
  std::string_view reason = reader.reason();
  if (clock && clock->has_fraction) reason = "fractions of a second are not supported";
  if (clock && clock->has_zone) reason = "time zones are not supported";
  if (!reason.empty()) {
    add_reason("time_parsing", "Input should be in a valid time format", reason, value, place);
  } else {
    out = TimeOfDay{clock->seconds};
  }
}

}  // namespace boxoffice::http::json
