// How long things took, to a thousandth: counts in buckets that grow with the value, as HDR
// histograms have them.
//
// Each power of two is split into 1,024 buckets, so that a value is known to a thousandth of itself
// whatever its size, and recording one is an increment. Limits: 100 ns to 28 minutes, beyond which
// only the longest is known.
//
// Threads: one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxoffice::tools::bench {

class Latencies {
 public:
  Latencies();

  void record(std::chrono::nanoseconds time);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return max_; }
  /// What that share of them took at most; 0 when there are none. REQUIRES: 0 < share <= 1.
  std::chrono::nanoseconds at(double share) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

}  // namespace boxoffice::tools::bench
