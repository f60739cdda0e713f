#include "tools/bench/latencies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace boxoffice::tools::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(Latencies, are_none_at_first) {
  const Latencies none;
  EXPECT_EQ(none.count(), 0u);
  EXPECT_EQ(none.at(0.5), 0ns);
  EXPECT_EQ(none.max(), 0ns);
}

TEST(Latencies, are_those_of_a_sorted_list_to_a_thousandth) {
  std::mt19937_64 random(1);  // NOLINT: the same in every run
  Latencies latencies;
  std::vector<nanoseconds> all;
  for (int i = 0; i < 100'000; ++i) {
    // From a microsecond to half an hour, as many of each size.
    const double exponent = 3 + 9.2 * static_cast<double>(random() % 10'000) / 10'000;
    all.emplace_back(static_cast<std::int64_t>(std::pow(10.0, exponent)));
    latencies.record(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double share : {0.00001, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(all.size())));
    const auto exact = static_cast<double>(all[at - 1].count());
    EXPECT_NEAR(static_cast<double>(latencies.at(share).count()), exact, exact / 1'000 + 100)
        << share;
  }
  EXPECT_EQ(latencies.max(), all.back());
}

TEST(Latencies, of_one_value_are_that) {
  for (const nanoseconds time :
       {0ns, 99ns, 100ns, 204'700ns, 204'800ns, 204'900ns, nanoseconds(7s)}) {
    Latencies one;
    one.record(time);
    EXPECT_LE(one.at(0.5), time);
    EXPECT_GE(one.at(0.5) + one.at(0.5) / 1'000 + 100ns, time);
    EXPECT_EQ(one.max(), time);
  }
}

TEST(Latencies, that_last_too_long_or_are_negative_count_too) {
  Latencies odd;
  odd.record(std::chrono::hours(10));
  odd.record(-5ns);
  EXPECT_EQ(odd.count(), 2u);
  EXPECT_EQ(odd.max(), std::chrono::hours(10));
  EXPECT_LE(odd.at(0.5), 100ns);
}

}  // namespace
}  // namespace boxoffice::tools::bench
