#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "http/api/handlers.h"
#include "http/api/metrics.h"

namespace boxoffice::http::api {

namespace {

std::optional<ReadModelStatus> status_of(Operations& operations, std::string_view name) {
  for (auto& model : operations.read_models()) {
    if (model.name == name) return std::move(model);
  }
  return std::nullopt;
}

// One reason why a request could not be answered.
struct Check {
  std::string name;
  bool ok = true;
  std::string why{};

  std::string problem() const { return name == "disk" ? "the disk is " + why : name + ": " + why; }
};

// Reads and answers wait for a read model that is behind, and commands for the log; what has kept
// them waiting for so long hangs.
constexpr std::chrono::milliseconds wait_max{10'000};

Check check_of(const ReadModelStatus& model) {
  Check check{.name = "read model " + model.name};
  check.ok = !model.stopped && model.behind_ms <= wait_max.count();
  if (model.stopped) {
    check.why = *model.stopped;
  } else {
    check.why = fmt::format("position {}, {} events and {} ms behind", model.position.value,
                            model.behind_events, model.behind_ms);
  }
  return check;
}

Check check_of(const engine::Pipeline::Counters& engine) {
  Check check{.name = "engine", .why = "takes commands"};
  if (!engine.accepting) {
    check.ok = false;
    check.why = "takes no commands: the server stops";
  } else if (engine.oldest_wait > wait_max) {
    check.ok = false;
    check.why = fmt::format("the oldest command has waited {} ms for the log: its disk hangs",
                            engine.oldest_wait.count());
  }
  return check;
}

std::vector<Check> checks_of(const Services& services) {
  std::vector<Check> checks;
  checks.push_back(check_of(services.engine.counters()));
  const bool space = services.has_space();
  checks.push_back({.name = "disk", .ok = space, .why = space ? "has room" : "nearly full"});
  for (const auto& model : services.operations.read_models()) checks.push_back(check_of(model));
  return checks;
}

// As Kubernetes' own servers write it, with the reasons.
std::string text_of(const std::vector<Check>& checks, bool is_ready) {
  std::string text;
  for (const Check& check : checks) {
    text += fmt::format("[{}] {}: {}\n", check.ok ? "+" : "-", check.name, check.why);
  }
  return text + (is_ready ? "ready\n" : "not ready\n");
}

Response not_ready(std::vector<std::string> problems) {
  const ProblemKind& kind = kind_of(ProblemCode::not_ready);
  NotReady out{.problems = std::move(problems),
               .detail = {},
               .type = problem_type(kind.code),
               .title = std::string(kind.title),
               .code = std::string(kind.name)};
  out.detail = fmt::format("{}", fmt::join(out.problems, "; "));
  Response response = json_response(out, kind.status);
  response.reason = kind.name;
  return response;
}

Response begin(const Call& call, const std::string& name, bool replaces) {
  Operations& operations = call.services->operations;
  switch (operations.begin_rebuild(name, replaces)) {
    case Operations::Asked::unknown: return problem(ProblemCode::read_model_not_found);
    case Operations::Asked::busy: return problem(ProblemCode::read_model_busy);
    case Operations::Asked::taken: break;
  }
  return json_response(*status_of(operations, name), 202);
}

}  // namespace

Task<Response> list_read_models(Call& call) {
  co_return call.read_answer(json_response(ReadModelList{call.services->operations.read_models()}));
}

Task<Response> get_read_model(Call& call, Path<std::string> name) {
  const auto status = status_of(call.services->operations, name.value);
  if (!status) co_return problem(ProblemCode::read_model_not_found);
  co_return call.read_answer(json_response(*status));
}

Task<Response> rebuild_read_model(Call& call, Path<std::string> name) {
  co_return begin(call, name.value, true);
}

Task<Response> verify_read_model(Call& call, Path<std::string> name) {
  co_return begin(call, name.value, false);
}

Task<Response> live(Call&) { co_return json_response(Health{"alive"}); }

// Ready for everything: what cannot be asked or written just now makes it 503, and is named.
Task<Response> ready(Call& call, Query<ReadyQuery> query) {
  const auto checks = checks_of(*call.services);
  std::vector<std::string> problems;
  for (const Check& check : checks) {
    if (!check.ok) problems.push_back(check.problem());
  }
  const bool is_ready = problems.empty();
  Response response = is_ready ? json_response(Readiness()) : not_ready(std::move(problems));
  if (query.value.verbose) {
    response.content_type = "text/plain; charset=utf-8";
    response.body = text_of(checks, is_ready);
  }
  co_return response;
}

Task<Response> metrics(Call& call) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.headers.add("Cache-Control", "no-store");
  response.body = metrics_text(call.services->operations.status());
  co_return response;
}

Task<Response> status(Call& call) {
  co_return call.read_answer(json_response(call.services->operations.status()));
}

}  // namespace boxoffice::http::api
