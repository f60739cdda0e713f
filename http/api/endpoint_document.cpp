#include "http/api/endpoint_document.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "http/api/operation_docs.h"

namespace boxoffice::http::api {

namespace {

openapi::Security security_of(Who who) {
  switch (who) {
    case Who::signed_in: return openapi::Security::bearer;
    case Who::gateway: return openapi::Security::gateway;
    case Who::monitor: return openapi::Security::monitor;
    case Who::anyone:
    case Who::admin: return openapi::Security::optional_bearer;
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

bool has_parameter(const openapi::Operation& operation, std::string_view name) {
  return std::any_of(operation.parameters.begin(), operation.parameters.end(),
                     [&](const auto& parameter) { return parameter.name == name; });
}

bool is_read(const openapi::Operation& operation) { return operation.method == "GET"; }

// Values of the demo data, so that an operation can be tried out at once.
std::string_view example_of(const openapi::Parameter& parameter) {
  constexpr std::pair<std::string_view, std::string_view> examples[] = {
      {"movie_id", "1"},        {"theatre_id", "1"},       {"show_id", "1"},
      {"seat_id", "1"},         {"city", R"("New York")"}, {"code", R"("movie_not_found")"},
      {"name", R"("catalog")"}, {"booking_id", "1"},       {"user_id", "2"},
  };
  if (parameter.in != "path" && !parameter.required) return {};
  for (const auto& [name, example] : examples) {
    if (name == parameter.name) return example;
  }
  return {};
}

std::vector<std::string> request_headers_of(const openapi::Operation& operation) {
  std::vector<std::string> names = {"X-Min-Seq", "X-Request-Id", "traceparent"};
  if (is_read(operation)) names.emplace_back("If-None-Match");
  if (operation.method == "POST") names.emplace_back("Idempotency-Key");
  if (has_parameter(operation, "last_event_id")) names.emplace_back("Last-Event-ID");
  return names;
}

// Those of every answer, whatever its status.
std::vector<std::string> common_headers(const openapi::Operation& operation, const Doc& doc) {
  std::vector<std::string> names = {"X-Request-Id", "traceparent", "RateLimit", "RateLimit-Policy"};
  names.emplace_back(is_read(operation) ? "X-Read-Seq" : "X-Event-Seq");
  if (operation.method == "POST") names.emplace_back("Idempotency-Replayed");
  if (doc.deprecated) {
    names.emplace_back("Deprecation");
    if (doc.deprecated->until) names.emplace_back("Sunset");
    if (!doc.deprecated->link.empty()) names.emplace_back("Link");
  }
  return names;
}

std::vector<std::string> answer_headers_of(const openapi::Operation& operation, const Doc& doc) {
  auto names = common_headers(operation, doc);
  if (is_read(operation)) names.emplace_back("ETag");
  const bool has_link = std::find(names.begin(), names.end(), "Link") != names.end();
  const bool pages = is_read(operation) && has_parameter(operation, "after");
  if (pages && !has_link) names.emplace_back("Link");
  if (doc.media_type == "application/x-ndjson") names.emplace_back("X-Next-After");
  return names;
}

std::vector<std::string> problem_headers_of(const openapi::Operation& operation, const Doc& doc,
                                            int status) {
  auto names = common_headers(operation, doc);
  if (status == 401) names.emplace_back("WWW-Authenticate");
  if (status == 409 || status == 429 || status == 503) names.emplace_back("Retry-After");
  return names;
}

openapi::Response problem_response(std::span<const ProblemCode> codes) {
  std::string text;
  std::vector<std::string_view> names;
  for (const ProblemCode code : codes) {
    (text += text.empty() ? "" : "; ") += kind_of(code).title;
    names.push_back(kind_of(code).name);
  }
  const int status = kind_of(codes.front()).status;
  auto response = openapi::problem(status, std::move(text), names);
  if (status == 422) {  // a list, in the shape that clients of FastAPI know
    response.schema = openapi::validation_failed().schema;
    response.media_type = openapi::validation_failed().media_type;
  }
  return response;
}

// One a status, in the order of the statuses.
std::vector<openapi::Response> problem_responses(std::vector<ProblemCode> codes) {
  std::sort(codes.begin(), codes.end());  // and so by status
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::vector<openapi::Response> responses;
  for (auto first = codes.begin(); first != codes.end();) {
    const auto last = std::find_if(first, codes.end(), [&](ProblemCode code) {
      return kind_of(code).status != kind_of(*first).status;
    });
    responses.push_back(problem_response(std::span(first, last)));
    first = last;
  }
  return responses;
}

}  // namespace

openapi::Operation begin_operation(std::string_view method, std::string_view path, Who who,
                                   const Doc& doc) {
  openapi::Operation operation{.method = std::string(method),
                               .path = std::string(path),
                               .name = std::string(doc.name),
                               .tag = std::string(doc.tag),
                               .other_responses = "Refused",
                               .security = security_of(who),
                               .deprecated = doc.deprecated.has_value()};
  if (const OperationDoc* text = operation_doc(doc.name)) {
    operation.summary = text->summary;
    operation.description = text->text;
    operation.request_example = spelled_out(text->request_example);
  }
  return operation;
}

void finish_operation(openapi::Operation& operation, Who who, const Doc& doc, std::string schema,
                      bool takes_input, openapi::Components& components) {
  for (auto& parameter : operation.parameters) parameter.example = example_of(parameter);
  operation.headers = request_headers_of(operation);
  openapi::Response answer{.status = doc.status,
                           .schema = std::move(schema),
                           .media_type = std::string(doc.media_type),
                           .other_media_type = std::string(doc.also_as),
                           .headers = answer_headers_of(operation, doc)};
  auto problems = problems_of(who, operation.method, doc.problems);
  if (takes_input) problems.push_back(ProblemCode::validation_failed);
  std::vector<openapi::Response> responses = problem_responses(std::move(problems));
  for (auto& response : responses) {
    response.headers = problem_headers_of(operation, doc, response.status);
    if (response.status != doc.also_status) continue;
    response.problem_schema = std::move(response.schema);
    response.schema = doc.also_schema(components);
    response.media_type = answer.media_type;
    response.other_media_type = answer.other_media_type;
  }
  if (const OperationDoc* text = operation_doc(doc.name)) {
    answer.example = spelled_out(text->answer_example);
    answer.other_example = text->text_example;
  }
  operation.responses.push_back(std::move(answer));
  if (is_read(operation)) {
    operation.responses.push_back({.status = 304,
                                   .description = "Not changed since If-None-Match",
                                   .headers = answer_headers_of(operation, doc)});
  }
  std::move(responses.begin(), responses.end(), std::back_inserter(operation.responses));
}

}  // namespace boxoffice::http::api
