#include "base/time.h"

#include <gtest/gtest.h>

namespace boxoffice {
namespace {

constexpr Instant evening{1'718'481'600'000'000};  // 2024-06-15T20:00:00Z

TEST(Instants, are_printed_in_utc_with_a_fraction_only_when_there_is_one) {
  EXPECT_EQ(to_string(evening), "2024-06-15T20:00:00Z");
  EXPECT_EQ(to_string(Instant{evening.us + 1}), "2024-06-15T20:00:00.000001Z");
  EXPECT_EQ(to_string(Instant{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_string(Instant{-1}), "1969-12-31T23:59:59.999999Z");
}

TEST(Instants, read_back_what_they_print) {
  for (const std::int64_t us : {std::int64_t{0}, std::int64_t{-1}, evening.us, evening.us + 123'456,
                                std::int64_t{951'782'400'000'000}}) {
    EXPECT_EQ(parse_instant(to_string(Instant{us})), Instant{us});
  }
  EXPECT_EQ(parse_instant("2024-06-15T20:00:00.5Z"), Instant{evening.us + 500'000});
}

TEST(Instants, that_are_malformed_are_refused) {
  for (const char* text :
       {"", "2024-06-15", "2024-06-15T20:00:00", "2024-06-15 20:00:00Z", "2024-06-15T20:00Z",
        "2024-06-15T24:00:00Z", "2024-02-30T20:00:00Z", "2024-06-15T20:00:00.Z",
        "2024-06-15T20:00:00.1234567Z", "2024-06-15T20:00:00.12x4Z", "2024-06-15T20:00:00+00:00"}) {
    EXPECT_EQ(parse_instant(text), std::nullopt) << text;
  }
}

TEST(Dates, are_real_days_only) {
  EXPECT_EQ(parse_date("2024-02-29"), (Date{2024, 2, 29}));
  EXPECT_EQ(to_string(Date{2024, 2, 29}), "2024-02-29");
  for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "0000-01-01",
                           "2024-6-15", "2024-06-15 ", "20240615", ""}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(Dates, move_by_days_over_months_and_years) {
  EXPECT_EQ(add_days({2024, 2, 28}, 1), (Date{2024, 2, 29}));
  EXPECT_EQ(add_days({2024, 12, 31}, 1), (Date{2025, 1, 1}));
  EXPECT_EQ(add_days({2024, 3, 1}, -1), (Date{2024, 2, 29}));
}

TEST(Dates, of_an_instant_are_in_utc) {
  EXPECT_EQ(date_of(evening), (Date{2024, 6, 15}));
  EXPECT_EQ(date_of(Instant{-1}), (Date{1969, 12, 31}));
  EXPECT_EQ(date_of(evening + std::chrono::hours(4)), (Date{2024, 6, 16}));
  EXPECT_EQ(date_of(evening + std::chrono::hours(4) - Duration(1)), (Date{2024, 6, 15}));
}

TEST(TimesOfDay, come_with_or_without_seconds_and_go_out_with_them) {
  EXPECT_EQ(parse_time_of_day("20:00"), TimeOfDay{72'000});
  EXPECT_EQ(parse_time_of_day("20:00:59"), TimeOfDay{72'059});
  EXPECT_EQ(to_string(TimeOfDay{72'000}), "20:00:00");
  EXPECT_EQ(to_string(TimeOfDay{86'399}), "23:59:59");
  for (const char* text : {"", "24:00", "20:60", "20:00:60", "20", "8:00", "20:00:", "20:00:001"}) {
    EXPECT_EQ(parse_time_of_day(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace boxoffice
