// Building answers: JSON bodies, problems, validation errors.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "events/events.h"
#include "http/api/problems.h"
#include "http/json/issue.h"
#include "http/json/write.h"
#include "http/server/message.h"
#include "http/server/task.h"

namespace boxoffice::http::api {

template <class T>
Response json_response(const T& body, int status = 200) {
  Response response;
  response.status = status;
  json::write(response.body, body);
  return response;
}

/// `{"detail":…,"type":"/problems/CODE","title":…,"status":…,"code":"CODE"}` as
/// application/problem+json. Without `detail` the code's title stands there. A 503 has a
/// Retry-After, in seconds.
Response problem(ProblemCode code, std::string_view detail = {});

/// An error of FastAPI's validation errors: its `detail` is a list, `list` as JSON.
Response invalid(ProblemCode code, std::string_view list);
/// 422 with FastAPI's list of errors. REQUIRES: there is one.
Response validation_failed(const json::Issues& issues);
/// 422 for one member that is well-formed but means nothing.
Response invalid_member(std::string member, std::string message, std::string input_json);

/// The same for a parameter of the query.
Response invalid_parameter(std::string name, std::string message, std::string input_json);

/// Server-sent events, which nobody on the way may keep or hold back.
Response event_stream(std::shared_ptr<Stream> stream);

/// A comment for Stream::Options::heartbeat: clients do not see it, but proxies and both ends learn
/// that the other is still there.
std::shared_ptr<const std::string> heartbeat();

/// What there is too much of: for the client, and for logs and metrics (one of reject_reasons,
/// http/api/traffic.h).
struct Busy {
  std::string_view detail;
  std::string_view reason;
};
/// problem(ProblemCode::busy, detail).
Response busy(const Busy& why);

/// 429 with Retry-After in whole seconds, at least one.
Response too_many_requests(std::string_view detail, Duration wait);

/// 401 with `WWW-Authenticate: Bearer`.
Response unauthorized(ProblemCode code);

/// An Idempotency-Key came again with another request.
Response key_reused(std::string_view header = "Idempotency-Key");

/// The answer to a refused command (but for locks and releases, which answer 200).
/// `not_authorized_as_missing`: strangers cannot tell a foreign booking from a missing one.
Response refusal_response(const events::CommandRefused& refused, bool not_authorized_as_missing);

/// A task that is done already.
Task<Response> ready(Response response);

}  // namespace boxoffice::http::api
