#include "base/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace boxoffice {
namespace {

TEST(Money, is_printed_as_the_shortest_decimal_with_at_least_one_digit_behind_the_point) {
  EXPECT_EQ(to_string(Money{1250}), "12.5");
  EXPECT_EQ(to_string(Money{1500}), "15.0");
  EXPECT_EQ(to_string(Money{1375}), "13.75");
  EXPECT_EQ(to_string(Money{5}), "0.05");
  EXPECT_EQ(to_string(Money{0}), "0.0");
  EXPECT_EQ(to_string(Money{-1205}), "-12.05");
  EXPECT_EQ(to_string(Money{std::numeric_limits<std::int64_t>::min()}), "-92233720368547758.08");
}

TEST(Money, is_parsed_from_a_decimal) {
  EXPECT_EQ(parse_money("12.5"), Money{1250});
  EXPECT_EQ(parse_money("12"), Money{1200});
  EXPECT_EQ(parse_money("-3"), Money{-300});
  EXPECT_EQ(parse_money("0.05"), Money{5});
  EXPECT_EQ(parse_money("1e3"), Money{100'000});
  EXPECT_EQ(parse_money("1250E-2"), Money{1250});
  EXPECT_EQ(parse_money("000.10"), Money{10});
  EXPECT_EQ(parse_money("0"), Money{0});
  EXPECT_EQ(parse_money("0e99"), Money{0});
}

TEST(Money, with_more_than_two_significant_decimals_is_refused) {
  EXPECT_EQ(parse_money("12.500"), Money{1250});
  EXPECT_EQ(parse_money("12.505"), std::nullopt);
  EXPECT_EQ(parse_money("1e-3"), std::nullopt);
}

TEST(Money, that_does_not_fit_is_refused) {
  EXPECT_EQ(parse_money("10000000000"), money_max);
  EXPECT_EQ(parse_money("999999999999999.99"), Money{99'999'999'999'999'999});
  EXPECT_EQ(parse_money("1e16"), std::nullopt);
  EXPECT_EQ(parse_money("1e999"), std::nullopt);
  EXPECT_EQ(parse_money(std::string(41, '1')), std::nullopt);
}

TEST(Money, that_is_not_a_decimal_is_refused) {
  for (const char* text : {"", "-", ".", "abc", "1,5", "1.2.3", "1e", "1e+", "0x10", " 1", "1 ",
                           "NaN", "Infinity", "--1"}) {
    EXPECT_EQ(parse_money(text), std::nullopt) << text;
  }
}

TEST(Money, reads_back_what_it_prints) {
  for (std::int64_t cents = -250; cents <= 250; ++cents) {
    EXPECT_EQ(parse_money(to_string(Money{cents})), Money{cents});
  }
}

TEST(Money, adds_and_multiplies_in_cents) {
  EXPECT_EQ(Money{1250} * 3, Money{3750});
  EXPECT_EQ(Money{10} + Money{20}, Money{30});
  // Ten seats, or a whole hall, at the highest price.
  EXPECT_EQ((money_max * 20'000).cents, 20'000'000'000'000'000);
}

}  // namespace
}  // namespace boxoffice
