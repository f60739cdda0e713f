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

#include <cstdint>
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
  /// Its length, then its bytes, eight at a time.
  void add(std::string_view text);
  void add(std::span<const std::uint8_t> bytes);

  constexpr std::uint64_t low() const { return scramble(low_ * 0x1656'67B1'9E37'79F9); }
  constexpr std::uint64_t high() const { return scramble(high_ * 0x27D4'EB2F'1656'67C5); }

 private:
  static constexpr std::uint64_t scramble(std::uint64_t x) { return x ^ (x >> 29) ^ (x >> 47); }

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
