#include "engine/sequencer/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/ensure.h"

namespace boxoffice::engine {

namespace {

// One thread writes: no need for an addition that others cannot tear.
void add(std::atomic<std::int64_t>& to, std::int64_t value) {
  to.store(to.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

std::int64_t number_of(RecentHistogram::Time now) {
  return now.time_since_epoch() / RecentHistogram::period;
}

}  // namespace

std::int64_t HistogramCounts::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::optional<std::int64_t> HistogramCounts::quantile(double q) const {
  const std::int64_t all = count();
  if (all == 0) return std::nullopt;
  const double rank = q * static_cast<double>(all);
  double below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    if (here > 0 && below + here >= rank) {
      const auto low = static_cast<double>(i == 0 ? 0 : bounds[i - 1]);
      const double width = static_cast<double>(bounds[i]) - low;
      return std::llround(low + width * (rank - below) / here);
    }
    below += here;
  }
  return bounds.back();
}

HistogramCounts& HistogramCounts::operator+=(const HistogramCounts& other) {
  ENSURE(bounds == other.bounds, "only histograms of the same bounds are added");
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
  return *this;
}

Histogram::Histogram(std::span<const std::int64_t> bounds) : bounds_(bounds) {
  ENSURE(bounds.size() <= bounds_max, "a histogram has a bounded number of bounds");
}

void Histogram::record(std::int64_t value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  add(counts_[static_cast<std::size_t>(at)], 1);
  add(sum_, value);
}

HistogramCounts Histogram::counts() const {
  HistogramCounts out{.bounds = {bounds_.begin(), bounds_.end()}, .counts = {}};
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    out.counts.push_back(counts_[i].load(std::memory_order_relaxed));
  }
  out.sum = sum_.load(std::memory_order_relaxed);
  return out;
}

void Histogram::clear() {
  for (auto& count : counts_) count.store(0, std::memory_order_relaxed);
  sum_.store(0, std::memory_order_relaxed);
}

void RecentHistogram::record(std::int64_t value, Time now) {
  const std::int64_t number = number_of(now);
  Period& at = periods_[static_cast<std::size_t>(number % 2)];
  if (at.number.load(std::memory_order_relaxed) != number) {
    at.values.clear();
    at.number.store(number, std::memory_order_relaxed);
  }
  at.values.record(value);
}

HistogramCounts RecentHistogram::counts(Time now) const {
  HistogramCounts out = periods_[0].values.counts();
  std::fill(out.counts.begin(), out.counts.end(), 0);
  out.sum = 0;
  for (const Period& each : periods_) {
    const std::int64_t age = number_of(now) - each.number.load(std::memory_order_relaxed);
    if (age <= 1) out += each.values.counts();
  }
  return out;
}

}  // namespace boxoffice::engine
