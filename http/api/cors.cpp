#include "http/api/cors.h"

#include <algorithm>

namespace boxoffice::http::api {

namespace {

bool is_listed(const std::string& origin, const std::vector<std::string>& origins) {
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

// A list of field names; anything else is not echoed into our header.
bool is_name_list(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ',' || c == ' ';
  });
}

Response plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

}  // namespace

std::optional<Response> preflight(const Request& request, const std::vector<std::string>& origins) {
  if (request.method != "OPTIONS") return std::nullopt;
  const std::string* origin = request.headers.find("Origin");
  if (origin == nullptr || request.headers.find("Access-Control-Request-Method") == nullptr) {
    return std::nullopt;
  }
  const bool listed = is_listed(*origin, origins);
  Response response = listed ? plain(200, "OK") : plain(400, "Disallowed CORS origin");
  allow_origin(request, origins, response);
  response.headers.add("Access-Control-Allow-Methods",
                       "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  response.headers.add("Access-Control-Max-Age", "600");
  const std::string* headers = request.headers.find("Access-Control-Request-Headers");
  if (headers != nullptr && is_name_list(*headers)) {
    response.headers.add("Access-Control-Allow-Headers", *headers);
  }
  return response;
}

void allow_origin(const Request& request, const std::vector<std::string>& origins,
                  Response& response) {
  const std::string* origin = request.headers.find("Origin");
  if (origin == nullptr) return;
  response.headers.add("Vary", "Origin");
  if (!is_listed(*origin, origins)) return;
  response.headers.add("Access-Control-Allow-Origin", *origin);
  response.headers.add("Access-Control-Allow-Credentials", "true");
  response.headers.add(
      "Access-Control-Expose-Headers",
      "Deprecation, ETag, Idempotency-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, "
      "Sunset, X-Event-Seq, X-Next-After, X-Read-Seq, X-Request-Id, traceparent");
}

}  // namespace boxoffice::http::api
