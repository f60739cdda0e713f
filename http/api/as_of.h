// Reads about the past: `at_seq` and `at_time` (docs/time-travel.md).
#pragma once

#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "http/api/call.h"
#include "http/json/types.h"
#include "http/server/task.h"

namespace boxoffice::http::api {

/// Where a read is to be true, or why not.
struct AsOf {
  Position position;
  std::optional<Response> refused{};
};

/// `at_seq`; or the last position by `at_time`, which is looked up aside; or, with neither, what
/// the call sees anyway. `call` is the caller's own and outlives the task. Keep the task in a
/// variable and await that, as with submit().
Task<AsOf> as_of(const Call& call, std::optional<json::Int<0>> at_seq,
                 std::optional<Instant> at_time);

}  // namespace boxoffice::http::api
