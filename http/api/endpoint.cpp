#include "http/api/endpoint.h"

#include <algorithm>

#include "base/text.h"

namespace boxoffice::http::api {

bool is_json(const Request& request) {
  const std::string* field = request.headers.find("Content-Type");
  if (field == nullptr || request.body.empty()) return true;
  std::string type = ascii_lower(std::string_view(*field).substr(0, field->find(';')));
  while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
  return type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

json::Issue not_json() {
  return {.type = "model_attributes_type",
          .loc = {std::string("body")},
          .msg = "Input should be a valid dictionary or object to extract fields from",
          .input = "null",
          .ctx = {}};
}

openapi::Security security_of(Who who) {
  switch (who) {
    case Who::signed_in: return openapi::Security::bearer;
    case Who::gateway: return openapi::Security::none;
    case Who::anyone:
    case Who::admin:
    case Who::monitor: return openapi::Security::optional_bearer;
  }
  return openapi::Security::none;
}

std::vector<openapi::Response> problems_of(Who who, std::string_view method) {
  std::vector<openapi::Response> problems;
  switch (who) {
    case Who::anyone: break;
    case Who::admin:
    case Who::monitor:
      problems.push_back(openapi::problem(401, "Could not validate credentials"));
      problems.push_back(openapi::problem(403, "Not authenticated, or not an admin"));
      break;
    case Who::signed_in:
      problems.push_back(openapi::problem(401, "Could not validate credentials"));
      problems.push_back(openapi::problem(403, "Not authenticated"));
      break;
    case Who::gateway:
      problems.push_back(openapi::problem(401, "Signature is missing or not valid"));
      break;
  }
  if (method == "POST") {
    problems.push_back(openapi::problem(400, "Idempotency-Key is malformed"));
    problems.push_back(openapi::problem(409, "A request with this Idempotency-Key is in progress"));
  }
  problems.push_back(openapi::problem(503, "The server is busy"));
  return problems;
}

void add_problem(openapi::Operation& operation, openapi::Response problem) {
  const auto same =
      std::find_if(operation.responses.begin(), operation.responses.end(),
                   [&](const openapi::Response& r) { return r.status == problem.status; });
  if (same == operation.responses.end()) {
    operation.responses.push_back(std::move(problem));
  } else {
    same->description += "; " + problem.description;
  }
}

}  // namespace boxoffice::http::api
