#include "base/token_buckets.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace boxoffice {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t slots = 512;
constexpr TokenBuckets::Key somebody{.subject = 1, .kind = 0};

TokenBuckets::Time at(std::chrono::nanoseconds since_start) {
  return TokenBuckets::Time(1'000'000s + since_start);
}

RateLimit limit_of(std::string_view text) {
  const auto limit = parse_rate_limit(text);
  EXPECT_TRUE(limit) << text;
  return limit.value_or(RateLimit());
}

TEST(RateLimits, are_read_as_they_are_said) {
  EXPECT_EQ(limit_of("20/s burst 100"), (RateLimit{.interval = 50ms, .burst = 100}));
  EXPECT_EQ(limit_of("30/min burst 1"), (RateLimit{.interval = 2s, .burst = 1}));
  EXPECT_EQ(limit_of("1/h burst 24"), (RateLimit{.interval = 1h, .burst = 24}));
  EXPECT_FALSE(limit_of("0").is_on());
  for (const char* wrong :
       {"", "20", "20/s", "20/s burst", "20/s burst 0", "0/s burst 5", "20/d burst 5",
        "20/s burst 5 ", " 20/s burst 5", "-1/s burst 5", "1/h burst 25", "2000000/s burst 5",
        "1/s burst 2000000", "00", "20/s  burst 5"}) {
    EXPECT_FALSE(parse_rate_limit(wrong)) << wrong;
  }
}

TEST(TokenBuckets, give_the_burst_at_once_then_one_each_interval) {
  TokenBuckets buckets(slots, 7);
  const RateLimit limit{.interval = 100ms, .burst = 3};
  for (std::uint32_t left = 3; left-- > 0;) {
    const auto taken = buckets.take(somebody, limit, at(0ms));
    EXPECT_TRUE(taken.allowed);
    EXPECT_EQ(taken.left, left);
  }
  const auto refused = buckets.take(somebody, limit, at(40ms));
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.wait, 60ms);
  EXPECT_EQ(refused.whole, 260ms);
  EXPECT_FALSE(buckets.take(somebody, limit, at(99ms)).allowed);
  EXPECT_TRUE(buckets.take(somebody, limit, at(100ms)).allowed);
  EXPECT_FALSE(buckets.take(somebody, limit, at(199ms)).allowed);
  EXPECT_EQ(buckets.take(somebody, limit, at(10s)).left, 2U);  // never more than the burst
}

TEST(TokenBuckets, are_apart_for_subjects_and_kinds) {
  TokenBuckets buckets(slots, 7);
  const RateLimit limit{.interval = 1s, .burst = 1};
  EXPECT_TRUE(buckets.take({.subject = 1, .kind = 0}, limit, at(0s)).allowed);
  EXPECT_TRUE(buckets.take({.subject = 2, .kind = 0}, limit, at(0s)).allowed);
  EXPECT_TRUE(buckets.take({.subject = 1, .kind = 1}, limit, at(0s)).allowed);
  EXPECT_FALSE(buckets.take({.subject = 1, .kind = 0}, limit, at(0s)).allowed);
}

TEST(TokenBuckets, one_at_the_limit_is_not_forgotten_for_many_that_are_not) {
  TokenBuckets buckets(slots, 7);
  const RateLimit limit{.interval = 1s, .burst = 100};
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(buckets.take(somebody, limit, at(0s)).allowed);
  }
  for (std::uint64_t other = 2; other < 100'000; ++other) {
    EXPECT_TRUE(buckets.take({.subject = other, .kind = 0}, limit, at(0s)).allowed);
  }
  EXPECT_FALSE(buckets.take(somebody, limit, at(0s)).allowed);
}

// By counting: what was allowed in any window never exceeds burst + time / interval.
RC_GTEST_PROP(TokenBuckets, NeverAllowMoreThanTheBurstAndTheRateInAnyWindow, ()) {
  TokenBuckets buckets(slots, 7);
  const auto interval_ms = *rc::gen::inRange<std::int64_t>(1, 50);
  const auto burst = *rc::gen::inRange<std::uint32_t>(1, 20);
  const RateLimit limit{.interval = interval_ms * 1ms, .burst = burst};
  const auto gaps =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 40));
  std::vector<std::int64_t> allowed_ms;
  std::int64_t now_ms = 0;
  for (const std::int64_t gap_ms : gaps) {
    now_ms += gap_ms;
    if (buckets.take(somebody, limit, at(now_ms * 1ms)).allowed) allowed_ms.push_back(now_ms);
  }
  for (std::size_t first = 0; first < allowed_ms.size(); ++first) {
    for (std::size_t last = first; last < allowed_ms.size(); ++last) {
      const std::int64_t window_ms = allowed_ms[last] - allowed_ms[first];
      RC_ASSERT(static_cast<std::int64_t>(last - first + 1) <= burst + window_ms / interval_ms);
    }
  }
}

// And never less: who is refused is so because a bucket kept by hand is empty, too.
RC_GTEST_PROP(TokenBuckets, AllowWhatABucketKeptByHandAllows, ()) {
  TokenBuckets buckets(slots, 7);
  const auto interval_ms = *rc::gen::inRange<std::int64_t>(1, 50);
  const auto burst = *rc::gen::inRange<std::uint32_t>(1, 20);
  const RateLimit limit{.interval = interval_ms * 1ms, .burst = burst};
  const auto gaps =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 40));
  // In milliseconds of refilling, so that there are no fractions.
  const std::int64_t full_ms = interval_ms * burst;
  std::int64_t level_ms = full_ms;
  std::int64_t now_ms = 0;
  for (const std::int64_t gap_ms : gaps) {
    now_ms += gap_ms;
    level_ms = std::min(full_ms, level_ms + gap_ms);
    const auto taken = buckets.take(somebody, limit, at(now_ms * 1ms));
    RC_ASSERT(taken.allowed == (level_ms >= interval_ms));
    if (taken.allowed) level_ms -= interval_ms;
    RC_ASSERT(taken.left == static_cast<std::uint32_t>(level_ms / interval_ms));
  }
}

TEST(TokenBuckets, are_exact_for_many_threads) {
  constexpr int thread_count = 4;
  constexpr int takes = 1'000'000;  // so many that they meet
  TokenBuckets buckets(slots, 7);
  const RateLimit limit{.interval = 1s, .burst = thread_count * takes / 2};
  std::atomic<int> ready{0};
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) {
    threads.emplace_back([&] {
      for (++ready; ready < thread_count;) std::this_thread::yield();
      for (int n = 0; n < takes; ++n) {
        if (buckets.take(somebody, limit, at(0s)).allowed) ++allowed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, limit.burst);
}

/// Which of a thousand empty buckets a table that is too small for them does not remember.
std::vector<bool> forgotten_with(std::uint64_t seed) {
  TokenBuckets buckets(slots, seed);
  const RateLimit limit{.interval = 1h, .burst = 1};
  std::vector<bool> forgotten;
  for (const bool again : {false, true}) {
    for (std::uint64_t subject = 0; subject < 1'000; ++subject) {
      const bool allowed = buckets.take({.subject = subject, .kind = 0}, limit, at(0s)).allowed;
      if (again) forgotten.push_back(allowed);
    }
  }
  return forgotten;
}

TEST(TokenBuckets, of_whom_one_pushes_out_nobody_can_tell_without_the_seed) {
  EXPECT_EQ(forgotten_with(7), forgotten_with(7));
  EXPECT_NE(forgotten_with(7), forgotten_with(8));
}

}  // namespace
}  // namespace boxoffice
