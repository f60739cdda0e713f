// How an endpoint that is to go is announced: docs/api-policy.md is the policy.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// A row of the endpoint table that is deprecated.
struct Deprecation {
  Date since;                   ///< from midnight UTC on
  std::optional<Date> until{};  ///< it answers before this day's midnight UTC, maybe not after it
  std::string_view link{};      ///< where it is said what to use instead
};

/// Adds `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and the link.
void announce(const Deprecation& deprecation, Response& response);

}  // namespace boxoffice::http::api
