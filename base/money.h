// Money: whole cents. No floating point ever touches an amount.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace boxoffice {

struct Money {
  std::int64_t cents = 0;

  constexpr auto operator<=>(const Money&) const = default;
  constexpr Money& operator+=(Money other) {
    cents += other.cents;
    return *this;
  }
  constexpr Money& operator-=(Money other) {
    cents -= other.cents;
    return *this;
  }
  friend constexpr Money operator+(Money a, Money b) { return a += b; }
  friend constexpr Money operator*(Money a, std::int64_t n) { return Money{a.cents * n}; }
};

/// The largest price or amount that is accepted: 10^10 (ten thousand million), so that no sum of
/// a booking can overflow 64 bits.
inline constexpr Money money_max{1'000'000'000'000};

/// As a JSON number in its shortest decimal form: 1250 -> "12.5", 1500 -> "15.0", 1375 -> "13.75".
std::string to_string(Money amount);

/// Parses a decimal ("12.5", "-3", "1e3"). Empty when it is not a decimal number, has more than two
/// significant decimals, or does not fit.
std::optional<Money> parse_money(std::string_view text);

}  // namespace boxoffice
