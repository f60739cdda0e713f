#include "http/api/responses.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "http/api/wire.h"

namespace boxoffice::http::api {

Response problem(ProblemCode code, std::string_view detail) {
  const ProblemKind& kind = kind_of(code);
  Response response =
      json_response(Problem{.detail = std::string(detail.empty() ? kind.title : detail),
                            .type = problem_type(code),
                            .title = std::string(kind.title),
                            .status = kind.status,
                            .code = std::string(kind.name)},
                    kind.status);
  response.content_type = "application/problem+json";
  response.reason = kind.name;
  if (kind.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

Response invalid(ProblemCode code, std::string_view list) {
  const ProblemKind& kind = kind_of(code);
  Response response;
  response.status = kind.status;
  response.reason = kind.name;
  json::ObjectWriter(response.body)
      .raw_member("detail", list)
      .member("type", problem_type(code))
      .member("title", kind.title)
      .member("status", kind.status)
      .member("code", kind.name)
      .end();
  return response;
}

Response validation_failed(const json::Issues& issues) {
  return invalid(ProblemCode::validation_failed, json::to_json(issues));
}

namespace {

Response invalid_value(std::string where, std::string name, std::string message,
                       std::string input_json) {
  return validation_failed({json::Issue{.type = "value_error",
                                        .loc = {std::move(where), std::move(name)},
                                        .msg = std::move(message),
                                        .input = std::move(input_json),
                                        .ctx = {}}});
}

}  // namespace

Response invalid_member(std::string member, std::string message, std::string input_json) {
  return invalid_value("body", std::move(member), std::move(message), std::move(input_json));
}

Response invalid_parameter(std::string name, std::string message, std::string input_json) {
  return invalid_value("query", std::move(name), std::move(message), std::move(input_json));
}

Response event_stream(std::shared_ptr<Stream> stream) {
  Response response;
  response.content_type = "text/event-stream";
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // for nginx, which would gather a page of it
  response.stream = std::move(stream);
  return response;
}

std::shared_ptr<const std::string> heartbeat() {
  static const auto text = std::make_shared<const std::string>(":\n\n");
  return text;
}

Response busy(const Busy& why) {
  Response response = problem(ProblemCode::busy, why.detail);
  response.reason = why.reason;
  return response;
}

Response too_many_requests(std::string_view detail, Duration wait) {
  const auto seconds =
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(wait).count(), 1);
  Response response = problem(ProblemCode::rate_limited, detail);
  response.headers.add("Retry-After", std::to_string(seconds));
  return response;
}

Response unauthorized(ProblemCode code) {
  Response response = problem(code);
  response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

Task<Response> ready(Response response) { co_return response; }

}  // namespace boxoffice::http::api
