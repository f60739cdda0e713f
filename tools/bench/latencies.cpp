#include "tools/bench/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace boxoffice::tools::bench {

namespace {

constexpr std::int64_t unit_ns = 100;
constexpr std::uint64_t split = 1'024;  // of a power of two; a power of two itself
constexpr int split_bits = 10;
constexpr std::uint64_t longest = (std::uint64_t{1} << 34) - 1;  // in units: 28 minutes

// Values up to 2 * split have a bucket each; of the powers above, `split` each.
std::size_t bucket_of(std::uint64_t units) {
  const int power = std::max(static_cast<int>(std::bit_width(units)) - split_bits - 1, 0);
  return static_cast<std::size_t>(power) * split + static_cast<std::size_t>(units >> power);
}

/// The largest value that falls into a bucket.
std::uint64_t top_of(std::size_t bucket) {
  const std::uint64_t power = bucket < 2 * split ? 0 : bucket / split - 1;
  const std::uint64_t within = bucket - power * split;
  return ((within + 1) << power) - 1;
}

}  // namespace

Latencies::Latencies() : counts_(bucket_of(longest) + 1) {}

void Latencies::record(std::chrono::nanoseconds time) {
  const auto units = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0) / unit_ns);
  ++counts_[bucket_of(std::min(units, longest))];
  ++count_;
  max_ = std::max(max_, time);
}

std::chrono::nanoseconds Latencies::at(double share) const {
  if (count_ == 0) return {};
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen < wanted) continue;
    const auto top = static_cast<std::int64_t>(top_of(i) + 1) * unit_ns - 1;
    return std::min(max_, std::chrono::nanoseconds(top));
  }
  return max_;
}

}  // namespace boxoffice::tools::bench
