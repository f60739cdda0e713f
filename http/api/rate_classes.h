// The classes of routes that have a limit of their own, and what limits there are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/token_buckets.h"

namespace boxoffice::http::api {

enum class RateClass : std::uint8_t {
  reads,    ///< also what is no endpoint
  writes,   ///< commands
  logins,   ///< log in, register: each costs a password's hash
  streams,  ///< the opening of one
  admin,    ///< admins, monitors and the payment gateway
};
inline constexpr std::size_t rate_classes = 5;

struct RateLimits {
  std::array<RateLimit, rate_classes> by_class{};
  bool loopback_is_free = false;
};

}  // namespace boxoffice::http::api
