// W3C Trace Context (https://www.w3.org/TR/trace-context/): which trace a request belongs to, so
// that what happened here can be found from what happened in the client's own programs.
//
//   traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//                |  trace id, never zero             |parent, not zero |flags
//                version
//
// The standard speaks of requests; ours stands in the answer, too, because a caller behind proxies
// sees by it whether its trace arrived, and one without a trace gets one to quote. An event keeps
// the trace that the client named, and none that we began: nobody else knows it, the X-Request-Id
// in the same answer finds the same events, and 16 bytes an event are a tenth of the log.
//
// `tracestate` is left alone: nothing is sent on from here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// One step of a trace: the caller's, or ours.
struct TraceContext {
  TraceId trace_id;
  FixedBytes<8> parent_id;  ///< the step, never zero
  bool sampled = false;     ///< the caller may have recorded it; the one flag there is

  bool operator==(const TraceContext&) const = default;
};

/// Empty when it is anything but what the standard allows: lower-case hexadecimal, of exactly that
/// length, no id of zeros, not version ff. Of later versions the beginning counts, as it demands.
std::optional<TraceContext> parse_traceparent(std::string_view text);

/// As version 00.
std::string to_traceparent(const TraceContext& context);

/// The request's; empty when it sent none, an invalid one, or several.
std::optional<TraceContext> trace_context_of(const Headers& headers);

/// Our own step: of the caller's trace, or the first of a new one.
TraceContext next_step(const std::optional<TraceContext>& caller);

}  // namespace boxoffice::http::api
