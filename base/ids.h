// Strong ids: a MovieId is not a ShowId, and neither is an integer.
//
// Ids of each kind are counted from 1 by the domain's state; 0 means "none". On the wire they are
// JSON integers; whatever does not fit becomes "none" and is then simply not found.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace boxoffice {

/// An integer of type `Rep` that only compares and converts with its own kind.
template <class Tag, class Rep>
struct StrongId {
  using rep = Rep;
  Rep value = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}

  /// False for "none".
  constexpr explicit operator bool() const { return value != 0; }
  constexpr auto operator<=>(const StrongId&) const = default;

  /// The id that follows, for counters. REQUIRES: not at the maximum.
  constexpr StrongId next() const { return StrongId(static_cast<Rep>(value + 1)); }

  /// From a JSON integer; anything outside 1..max is "none".
  static constexpr StrongId from_wire(std::int64_t wire) {
    if (wire < 1) return StrongId();
    if (static_cast<std::uint64_t>(wire) > std::numeric_limits<Rep>::max()) return StrongId();
    return StrongId(static_cast<Rep>(wire));
  }
};

using MovieId = StrongId<struct MovieTag, std::uint32_t>;
using TheatreId = StrongId<struct TheatreTag, std::uint32_t>;
using ShowId = StrongId<struct ShowTag, std::uint32_t>;
using SeatId = StrongId<struct SeatTag, std::uint32_t>;
using UserId = StrongId<struct UserTag, std::uint32_t>;
using BookingId = StrongId<struct BookingTag, std::uint32_t>;
using PaymentId = StrongId<struct PaymentTag, std::uint32_t>;
/// Of the key that a user's personal data is encrypted with; http/personal/user_keys.h.
using UserKeyId = StrongId<struct UserKeyTag, std::uint32_t>;

/// The gapless sequence number of an event in the log, from 1. 0 is "before the first event".
using Position = StrongId<struct PositionTag, std::uint64_t>;

template <class T>
inline constexpr bool is_strong_id = false;
template <class Tag, class Rep>
inline constexpr bool is_strong_id<StrongId<Tag, Rep>> = true;

}  // namespace boxoffice

template <class Tag, class Rep>
struct std::hash<boxoffice::StrongId<Tag, Rep>> {
  std::size_t operator()(const boxoffice::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
