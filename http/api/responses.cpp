#include "http/api/responses.h"

#include <utility>

#include "http/api/wire.h"

namespace boxoffice::http::api {

std::string_view status_title(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Entity";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Error";
  }
}

Response problem(int status, std::string_view detail) {
  Response response = json_response(Problem{.detail = std::string(detail),
                                            .type = "about:blank",
                                            .title = std::string(status_title(status)),
                                            .status = status},
                                    status);
  response.content_type = "application/problem+json";
  return response;
}

Response validation_failed(const json::Issues& issues) {
  Response response;
  response.status = 422;
  response.body = json::validation_error(issues);
  return response;
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
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");  // for nginx, which would gather a page of it
  response.stream = std::move(stream);
  return response;
}

std::shared_ptr<const std::string> heartbeat() {
  static const auto text = std::make_shared<const std::string>(":\n\n");
  return text;
}

Response busy(std::string_view detail) {
  Response response = problem(503, detail);
  response.headers.set("Retry-After", "1");
  return response;
}

Response unauthorized(std::string_view detail) {
  Response response = problem(401, detail);
  response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

Task<Response> ready(Response response) { co_return response; }

}  // namespace boxoffice::http::api
