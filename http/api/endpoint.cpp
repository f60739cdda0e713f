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

std::vector<ProblemCode> problems_of(Who who, std::string_view method,
                                     std::vector<ProblemCode> own) {
  using enum ProblemCode;
  auto codes = std::move(own);
  const auto add = [&](std::initializer_list<ProblemCode> more) {
    codes.insert(codes.end(), more.begin(), more.end());
  };
  // A token that is no good is refused everywhere in production.
  add({bad_request, min_seq_invalid, token_invalid, rate_limited, internal_error, busy,
       read_model_behind, read_model_stopped});
  switch (who) {
    case Who::anyone: break;
    case Who::admin:
    case Who::monitor: add({not_authenticated, admin_required}); break;
    case Who::signed_in: add({not_authenticated}); break;
    case Who::gateway: add({signature_invalid}); break;
  }
  if (method != "GET") add({done_not_shown, disk_full, outcome_unknown});
  if (method == "POST") {
    add({idempotency_key_malformed, idempotency_key_in_progress, idempotency_key_reused,
         log_unreadable});
  }
  return codes;
}

std::vector<openapi::Response> problem_responses(std::vector<ProblemCode> codes) {
  std::sort(codes.begin(), codes.end());  // and so by status
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::vector<openapi::Response> responses;
  for (const ProblemCode code : codes) {
    const ProblemKind& kind = kind_of(code);
    if (responses.empty() || responses.back().status != kind.status) {
      responses.push_back(openapi::problem(kind.status, std::string(kind.title)));
    } else {
      (responses.back().description += "; ") += kind.title;
    }
  }
  return responses;
}

}  // namespace boxoffice::http::api
