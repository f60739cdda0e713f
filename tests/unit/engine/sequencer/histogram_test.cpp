#include "engine/sequencer/histogram.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <numeric>

namespace boxoffice::engine {
namespace {

constexpr std::array<std::int64_t, 3> bounds{10, 20, 40};

TEST(Histogram, counts_a_value_up_to_its_bound_and_larger_ones_above_the_last) {
  Histogram histogram(bounds);
  for (const std::int64_t value : {0, 10, 11, 20, 40, 41, 1'000}) histogram.record(value);
  const auto counts = histogram.counts();
  EXPECT_EQ(counts.counts, (std::vector<std::int64_t>{2, 2, 1, 2}));
  EXPECT_EQ(counts.sum, 1'122);
  EXPECT_EQ(counts.count(), 7);
}

TEST(Histogram, quantiles_lie_between_the_bounds_of_their_bucket) {
  Histogram histogram(bounds);
  EXPECT_FALSE(histogram.counts().quantile(0.5));
  for (int i = 0; i < 90; ++i) histogram.record(15);
  for (int i = 0; i < 10; ++i) histogram.record(30);
  const auto counts = histogram.counts();
  EXPECT_EQ(counts.quantile(0.45), 15);
  EXPECT_EQ(counts.quantile(0.9), 20);
  EXPECT_EQ(counts.quantile(0.95), 30);
  EXPECT_EQ(counts.quantile(1), 40);
  histogram.record(1'000);
  EXPECT_EQ(histogram.counts().quantile(1), 40) << "more cannot be told";
}

TEST(RecentHistogram, forgets_what_is_two_periods_old) {
  RecentHistogram recent(bounds);
  const RecentHistogram::Time begin{RecentHistogram::period * 100};
  const auto after = [&](double periods) {
    return begin + std::chrono::duration_cast<RecentHistogram::Time::duration>(
                       RecentHistogram::period * periods);
  };
  EXPECT_EQ(recent.counts(begin).count(), 0);
  recent.record(5, begin);
  recent.record(5, after(0.9));
  EXPECT_EQ(recent.counts(after(1.9)).count(), 2);
  EXPECT_EQ(recent.counts(after(2)).count(), 0) << "although nothing came since";
  recent.record(15, after(1.5));
  recent.record(25, after(2.1));
  EXPECT_EQ(recent.counts(after(2.2)).counts, (std::vector<std::int64_t>{0, 1, 1, 0}));
}

}  // namespace
}  // namespace boxoffice::engine
