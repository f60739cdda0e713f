// `boxoffice log replay --at …`: the state as it was, after a position or at a time.
//
// The answer comes from the rules applied to the events, not from the read models: it shows what
// the engine decided from.
#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/log/event_log.h"
#include "tools/progress.h"

namespace boxoffice::tools::audit {

/// After that position, or after the last event not later than that time; neither: the log's end.
struct Moment {
  std::optional<Position> position{};
  std::optional<Instant> time{};
};

/// "1041" or "2024-06-15T20:00:00Z"; "" is the log's end. Fault: `invalid`.
Result<Moment> parse_moment(std::string_view text);

/// At most one of the ids and `digest` is set; without any, a summary is printed.
struct ReplayOptions {
  Moment at{};
  ShowId show_id{};
  BookingId booking_id{};
  UserId user_id{};
  bool digest = false;  ///< only the state's digest, in hexadecimal
  bool json = false;
};

/// Faults: `not_found` when the position lies beyond the log's end, or what was asked for did not
/// exist then; otherwise as walk and CheckedReplay.
Result<void> replay_at(const engine::log::EventLog& log, const ReplayOptions& options,
                       std::ostream& out, Talk talk);

}  // namespace boxoffice::tools::audit
