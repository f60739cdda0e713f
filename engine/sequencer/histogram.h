// How often which values came: counts up to fixed bounds, for operators.
//
// Threads: one records, any looks; nobody waits for anybody. Who looks while a value is being
// recorded may see it in the count and not yet in the sum.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace boxoffice::engine {

/// What a histogram held at a moment.
struct HistogramCounts {
  std::vector<std::int64_t> bounds;  ///< ascending
  std::vector<std::int64_t> counts;  ///< of values up to each bound, and above the last one
  std::int64_t sum = 0;              ///< of all values

  std::int64_t count() const;
  /// The value that the share `q` of all values does not exceed, as if values were spread evenly
  /// between two bounds (as Prometheus does it); the last bound when it lies above. Empty when
  /// there are no values. REQUIRES: 0 < q <= 1.
  std::optional<std::int64_t> quantile(double q) const;

  /// REQUIRES: of the same bounds.
  HistogramCounts& operator+=(const HistogramCounts& other);
};

class Histogram {
 public:
  static constexpr std::size_t bounds_max = 31;

  /// REQUIRES: at most `bounds_max` bounds, ascending; they outlive the histogram.
  explicit Histogram(std::span<const std::int64_t> bounds);

  void record(std::int64_t value);
  HistogramCounts counts() const;
  /// Threads: the recording one.
  void clear();

 private:
  const std::span<const std::int64_t> bounds_;
  std::array<std::atomic<std::int64_t>, bounds_max + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

/// The values of the last one to two `period`s.
class RecentHistogram {
 public:
  static constexpr std::chrono::seconds period{60};
  using Time = std::chrono::steady_clock::time_point;

  explicit RecentHistogram(std::span<const std::int64_t> bounds)
      : periods_{{Period(bounds), Period(bounds)}} {}

  void record(std::int64_t value, Time now);
  HistogramCounts counts(Time now) const;

 private:
  struct Period {
    explicit Period(std::span<const std::int64_t> bounds) : values(bounds) {}
    Histogram values;
    std::atomic<std::int64_t> number{-1};  // since the clock's beginning
  };
  std::array<Period, 2> periods_;
};

/// In microseconds: from a fast disk's cache to one that is failing.
inline constexpr std::array<std::int64_t, 28> sync_bounds_us{
    50,      75,      100,     150,     200,       300,       500,       750,       1'000,  1'500,
    2'000,   3'000,   5'000,   7'500,   10'000,    15'000,    20'000,    30'000,    50'000, 75'000,
    100'000, 150'000, 200'000, 500'000, 1'000'000, 2'000'000, 5'000'000, 10'000'000};

/// In commands of one batch.
inline constexpr std::array<std::int64_t, 15> batch_bounds{
    0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024, 2'048, 4'096, 8'192};

}  // namespace boxoffice::engine
