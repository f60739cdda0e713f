// Token buckets for many subjects in a fixed table: how many requests somebody may still make.
//
// A bucket is kept as one time, that at which it would be full again (GCRA, the leaky bucket as a
// meter, ITU-T I.371): taking a token moves it by one interval, and it may be `burst` intervals
// ahead at most. So a subject that has made no request for a while is the same as one that was
// never seen, and its slot is free: the table holds those who are using up their tokens now.
//
// When all slots of a set are in use, the one that is nearest to full gives way, which forgives the
// least; who is at the limit keeps the slot. Who wants to be forgiven needs more subjects in one
// set than it has slots; which set that is depends on a secret seed.
//
// Invariants: of one subject never more than burst + t / interval are allowed within any time t,
// however many threads ask.
// Threads: any; a mutex for each part of the table, held for some ten nanoseconds.
// Limits: 24 bytes a slot, allocated at once.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace boxoffice {

/// So many at once, then one more each interval. An interval of 0: no limit.
struct RateLimit {
  std::chrono::nanoseconds interval{};
  std::uint32_t burst = 0;

  bool is_on() const { return interval.count() > 0; }
  bool operator==(const RateLimit&) const = default;
};

/// "20/s burst 100", per s, min or h; "0" for no limit. Rates from 1 an hour to 1,000,000 a second,
/// bursts from 1 to 1,000,000, and a bucket that is full again within a day; empty for anything
/// else.
std::optional<RateLimit> parse_rate_limit(std::string_view text);

class TokenBuckets {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Whose bucket; the same subject has one of each kind.
  struct Key {
    std::uint64_t subject = 0;
    std::uint32_t kind = 0;

    bool operator==(const Key&) const = default;
  };
  struct Taken {
    bool allowed = false;
    std::uint32_t left = 0;            ///< tokens, after this one
    std::chrono::nanoseconds wait{};   ///< until there is one, when not allowed
    std::chrono::nanoseconds whole{};  ///< until all are back
  };

  /// `seed`: secret and random. REQUIRES: `slots` is a power of two, at least 512.
  TokenBuckets(std::size_t slots, std::uint64_t seed);

  /// Takes a token, if there is one. A time before an earlier one counts as that one.
  /// REQUIRES: the limit is on; of one kind it is always the same.
  Taken take(const Key& key, const RateLimit& limit, Time now);

 private:
  static constexpr std::size_t set_slots = 8;
  static constexpr std::size_t parts = 64;

  struct Slot {
    Key key;
    std::int64_t full_at_ns = 0;  // of the steady clock
  };

  std::size_t set_of(const Key& key) const;
  Slot& slot_of(std::size_t set, const Key& key);

  const std::uint64_t seed_;
  std::vector<Slot> slots_;
  std::array<std::mutex, parts> mutexes_;  // each guards the sets of one remainder
};

}  // namespace boxoffice
