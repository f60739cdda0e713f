// The state's digest: 128 bits that are equal for equal states, kept up to date change by change.
//
// Every fact in the state is an element: an id and what belongs to it, hashed together. The digest
// is the sum of the elements' hashes, so it depends on neither order nor history: adding and then
// removing a fact leaves it as it was. Every frame carries the digest of the state after it, and
// replay compares: a build that folds the same events into another state is caught at the first
// frame where it does. Whatever follows from other facts (counts, deadlines, look-up tables) is
// left out; invariants.h watches over that.
//
// It finds mistakes, not forgers: the log's SHA-256 chain is what cannot be forged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace boxoffice::engine::domain {

struct State;

/// What an element is about. Never renumbered: digests are on disk.
enum class ElementKind : std::uint64_t {
  movie = 1,
  theatre = 2,
  show = 3,
  seat = 4,
  user = 5,
  lock = 6,
  booking = 7,
  payment = 8,
  transaction = 9,
  outcome = 10,
  counters = 11,
  erased_user = 12,
  lapse = 13,
  owner = 14,  ///< no element, but hashed in the same way
};

/// Hashes one element, word by word, in two lanes of 64 bits.
class ElementHash {
 public:
  explicit constexpr ElementHash(ElementKind kind) { add(static_cast<std::uint64_t>(kind)); }

  constexpr void add(std::uint64_t word) {
    low_ = scramble((low_ ^ word) * 0x9E37'79B9'7F4A'7C15);
    high_ = scramble((high_ + word) * 0xC2B2'AE3D'27D4'EB4F);
  }
  /// Its length, then its bytes, eight at a time; the last word ends with zeros. Inline: each lock
  /// hashes its session a few times.
  void add(std::span<const std::uint8_t> bytes) {
    add(bytes.size());
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
      add(number<std::uint64_t>(at));
      at += sizeof(std::uint64_t);
    }
    if (left != 0) add(last_word(at, left));
  }
  void add(std::string_view text) {
    add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }

  constexpr std::uint64_t low() const { return scramble(low_ * 0x1656'67B1'9E37'79F9); }
  constexpr std::uint64_t high() const { return scramble(high_ * 0x27D4'EB2F'1656'67C5); }

 private:
  static constexpr std::uint64_t scramble(std::uint64_t x) { return x ^ (x >> 29) ^ (x >> 47); }

  template <class T>
  static std::uint64_t number(const std::uint8_t* at) {
    T value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  // 1 to 7 bytes as one number, by looking at some of them twice rather than at each on its own.
  static std::uint64_t last_word(const std::uint8_t* at, std::size_t left) {
    if (left >= 4) {
      return number<std::uint32_t>(at) | number<std::uint32_t>(at + left - 4) << 8 * (left - 4);
    }
    const std::size_t middle = left / 2;
    return at[0] | std::uint64_t{at[middle]} << 8 * middle |
           std::uint64_t{at[left - 1]} << 8 * (left - 1);
  }

  std::uint64_t low_ = 0x5851'F42D'4C95'7F2D;
  std::uint64_t high_ = 0x1405'7B7E'F767'814F;
};

/// The sum of all elements.
class ElementSum {
 public:
  constexpr void add(const ElementHash& element) {
    low_ += element.low();
    high_ += element.high();
  }
  constexpr void remove(const ElementHash& element) {
    low_ -= element.low();
    high_ -= element.high();
  }
  constexpr std::uint64_t low() const { return low_; }
  constexpr std::uint64_t high() const { return high_; }

  bool operator==(const ElementSum&) const = default;

 private:
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

/// The state's digest. Constant time: it uses the sum that evolve() keeps.
StateDigest digest_of(const State& state);

}  // namespace boxoffice::engine::domain
