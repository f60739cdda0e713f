#include "http/api/endpoint.h"

#include "base/text.h"

namespace boxoffice::http::api {

bool is_json(const Request& request) {
  const std::string* field = request.headers.find("Content-Type");
  if (field == nullptr || request.body.empty()) return true;
  if (*field == "application/json") return true;
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

}  // namespace boxoffice::http::api
