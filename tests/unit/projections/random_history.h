// Random but true histories: random commands, decided by the domain. The domain's own state is the
// model that seat maps are compared with.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {

/// No id in a random history is above this.
inline constexpr std::uint32_t random_ids_max = 12;

struct RandomHistory {
  History history;
  /// After the event of position p, at [p - 1]: the seats of each show that is not deleted, as
  /// letters: free '.', locked 'L', booked 'B'.
  std::vector<std::map<ShowId, std::string>> seats;
};

/// A show in two theatres to begin with, then one command for each choice.
RandomHistory random_history(const std::vector<std::uint32_t>& choices);

/// The letters of `view`.
std::string letters_of(const SeatMapView& view);

}  // namespace boxoffice::projections
