// The demo data: a small cinema chain to try things with, and a city-sized one.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "tools/house.h"

namespace boxoffice::tools {

inline constexpr const char* demo_email = "test@example.com";
inline constexpr const char* demo_password = "password123";

struct DemoCounts {
  std::size_t written = 0;
  std::size_t present = 0;
};

/// Writes what is missing of the demo data, through the engine: 3 movies, 3 theatres, 4 shows, 1
/// user; with `large` also 120 movies, 80 theatres, 600 shows over 45 days, 250 users and about 400
/// bookings, 90 % of them paid. Everything is recognised by what it is, and dates count from the
/// day that the demo user was registered, so a second run finds it all there.
Result<DemoCounts> write_demo_data(House& house, bool large);

}  // namespace boxoffice::tools
