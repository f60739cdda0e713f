#include <algorithm>

#include "http/api/handlers.h"

namespace boxoffice::http::api {

namespace {

std::optional<ReadModelStatus> status_of(Operations& operations, std::string_view name) {
  for (auto& model : operations.read_models()) {
    if (model.name == name) return std::move(model);
  }
  return std::nullopt;
}

Response begin(const Call& call, const std::string& name, bool replaces) {
  Operations& operations = call.services->operations;
  switch (operations.begin_rebuild(name, replaces)) {
    case Operations::Asked::unknown: return problem(404, "Read model not found");
    case Operations::Asked::busy: return problem(409, "Another read model is being worked on");
    case Operations::Asked::taken: break;
  }
  return json_response(*status_of(operations, name), 202);
}

}  // namespace

Task<Response> list_read_models(Call call) {
  co_return call.read_answer(json_response(ReadModelList{call.services->operations.read_models()}));
}

Task<Response> get_read_model(Call call, Path<std::string> name) {
  const auto status = status_of(call.services->operations, name.value);
  if (!status) co_return problem(404, "Read model not found");
  co_return call.read_answer(json_response(*status));
}

Task<Response> rebuild_read_model(Call call, Path<std::string> name) {
  co_return begin(call, name.value, true);
}

Task<Response> verify_read_model(Call call, Path<std::string> name) {
  co_return begin(call, name.value, false);
}

Task<Response> live(Call) { co_return json_response(Health{"alive"}); }

// Ready for everything: what cannot be asked or written just now makes it 503, and is named.
Task<Response> ready(Call call) {
  Readiness out;
  for (const auto& model : call.services->operations.read_models()) {
    if (model.stopped) out.problems.push_back("read model " + model.name + ": " + *model.stopped);
  }
  if (!call.services->has_space()) out.problems.emplace_back("the disk is nearly full");
  if (!out.problems.empty()) out.status = "not ready";
  co_return json_response(out, out.problems.empty() ? 200 : 503);
}

}  // namespace boxoffice::http::api
