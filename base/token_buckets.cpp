#include "base/token_buckets.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

#include "base/ensure.h"

namespace boxoffice {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::uint32_t count_max = 1'000'000;

// The finalizer of SplitMix64: each bit of the input moves half of the output's.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// Takes a count from 1 on off the text's front.
std::optional<std::uint32_t> take_count(std::string_view& text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count == 0 || count > count_max) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return count;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<RateLimit> parse_rate_limit(std::string_view text) {
  constexpr std::int64_t day_ns = 24 * 60 * 60 * second_ns;
  if (text == "0") return RateLimit{};
  const auto rate = take_count(text);
  if (!rate) return std::nullopt;
  std::int64_t per_ns = 0;
  if (take(text, "/s burst ")) {
    per_ns = second_ns;
  } else if (take(text, "/min burst ")) {
    per_ns = 60 * second_ns;
  } else if (take(text, "/h burst ")) {
    per_ns = 3'600 * second_ns;
  }
  if (per_ns == 0) return std::nullopt;
  const auto burst = take_count(text);
  if (!burst || !text.empty()) return std::nullopt;
  const std::int64_t interval_ns = per_ns / *rate;
  if (interval_ns > day_ns / *burst) return std::nullopt;
  return RateLimit{.interval = std::chrono::nanoseconds(interval_ns), .burst = *burst};
}

TokenBuckets::TokenBuckets(std::size_t slots, std::uint64_t seed) : seed_(seed), slots_(slots) {
  ENSURE(std::has_single_bit(slots) && slots >= set_slots * parts, "a table of whole sets");
}

std::size_t TokenBuckets::set_of(const Key& key) const {
  const std::uint64_t hash = mix(mix(key.subject ^ seed_) + key.kind + seed_);
  return static_cast<std::size_t>(hash) & (slots_.size() / set_slots - 1);
}

/// The key's slot, or that which gives way to it.
TokenBuckets::Slot& TokenBuckets::slot_of(std::size_t set, const Key& key) {
  Slot* const first = &slots_[set * set_slots];
  Slot* least = first;
  for (Slot* slot = first; slot != first + set_slots; ++slot) {
    if (slot->key == key) return *slot;
    if (slot->full_at_ns < least->full_at_ns) least = slot;
  }
  *least = {.key = key, .full_at_ns = std::numeric_limits<std::int64_t>::min()};
  return *least;
}

TokenBuckets::Taken TokenBuckets::take(const Key& key, const RateLimit& limit, Time now) {
  ENSURE(limit.is_on(), "a limit that is off takes no tokens");
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
  const std::int64_t interval_ns = limit.interval.count();
  const std::int64_t burst_ns = interval_ns * limit.burst;
  const std::size_t set = set_of(key);
  const std::lock_guard lock(mutexes_[set % parts]);
  Slot& slot = slot_of(set, key);
  const std::int64_t before_ns = std::max(slot.full_at_ns, now_ns);
  const std::int64_t over_ns = before_ns + interval_ns - now_ns - burst_ns;
  if (over_ns > 0) {
    return {.wait = std::chrono::nanoseconds(over_ns),
            .whole = std::chrono::nanoseconds(before_ns - now_ns)};
  }
  slot.full_at_ns = before_ns + interval_ns;
  return {.allowed = true,
          .left = static_cast<std::uint32_t>(-over_ns / interval_ns),
          .whole = std::chrono::nanoseconds(slot.full_at_ns - now_ns)};
}

}  // namespace boxoffice
