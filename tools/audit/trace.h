// `boxoffice log trace`: everything about one booking, one seat, one request, or one trace of the
// client's (W3C Trace Context), in order.
//
//   booking 3
//     41 2024-06-15T20:00:00Z by user 7, request 9c0f…        a command ...
//        41 BookingCreated booking_id=3 …                      ... and its events about the booking
//   held
//     seat 17 by lock 40 (session "a"), 40 to 41 …             who held these seats, and
//   refused
//     39 lock_seats: seat_taken, seat 17 …                     who was refused them, and why
//
// A booking's trace begins where the locks began that it took over, and ends with the last event
// about it (with the log, if it still has its seats).
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "tools/progress.h"

namespace boxoffice::tools::audit {

/// What is traced: one of the four.
struct Subject {
  BookingId booking_id;
  SeatId seat_id;
  std::string request_id;
  std::optional<TraceId> trace{};
};

/// "booking:3", "seat:17", "request:9c0f…", "trace:4bf9…". Fault: `invalid`.
Result<Subject> parse_subject(std::string_view text);

struct TraceOptions {
  Subject subject;
  bool json = false;  ///< one JSON object a line; `kind` is "command", "hold" or "refusal"
};

/// Faults: `not_found` when no event is about it; otherwise as walk.
Result<void> trace(const engine::log::EventLog& log, const TraceOptions& options, std::ostream& out,
                   Talk talk);

}  // namespace boxoffice::tools::audit
