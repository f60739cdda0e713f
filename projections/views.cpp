#include "projections/views.h"

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::projections {

std::string row_name(std::uint16_t row) {
  // Bijective base 26: there is no digit for zero, so "Z" is followed by "AA".
  std::string name;
  for (unsigned rest = row + 1U; rest > 0; rest = (rest - 1) / 26) {
    name += static_cast<char>('A' + (rest - 1) % 26);
  }
  std::reverse(name.begin(), name.end());
  return name;
}

SeatPlace seat_place(const std::vector<std::uint16_t>& rows, std::uint32_t index) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (index < rows[row]) {
      return {static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(index + 1)};
    }
    index -= rows[row];
  }
  ENSURE(false, "a seat's index lies inside its show");
  return {};
}

}  // namespace boxoffice::projections
