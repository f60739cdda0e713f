// A row of the endpoint table: verb, path, who may, and a handler whose signature says the rest.
//
// A handler is a function `Task<Response> f(Call&, Path<…>…, Query<…>, Body<…>)`. From its
// parameters come decoding, validation and the document's request part; the response type is the
// row's own. The Call outlives its task.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "http/api/call.h"
#include "http/api/endpoint_document.h"
#include "http/json/decode.h"
#include "http/openapi/document.h"
#include "http/openapi/schemas.h"

namespace boxoffice::http::api {

/// The next `{name}` of the path.
template <class T>
struct Path {
  T value;
};
/// The query string.
template <class T>
struct Query {
  T value;
};
/// The JSON body.
template <class T>
struct Body {
  T value;
};

struct Endpoint {
  std::string_view method;
  std::string_view path;  ///< "/api/movies/{movie_id}"
  Who who = Who::anyone;
  std::optional<Deprecation> deprecated{};
  std::function<Task<Response>(Call&)> handle;
  std::function<openapi::Operation(openapi::Components&)> describe;

  /// What every answer of a deprecated row says.
  void announce_to(Response& response) const {
    if (deprecated) announce(*deprecated, response);
  }
};

/// The names between braces, in order.
std::vector<std::string_view> path_names(std::string_view path);

/// Whether the body is to be read as JSON: its Content-Type says so, or is missing. Anything else
/// could be sent by any web page without asking first (a "simple" request), so it is refused.
bool is_json(const Request& request);
json::Issue not_json();

/// Decodes one parameter of a handler after the other.
class InputDecoder {
 public:
  InputDecoder(const Call& call, const std::vector<std::string_view>& names)
      : call_(call), names_(names) {}

  template <class T>
  std::optional<Path<T>> decode(std::type_identity<Path<T>>) {
    const std::size_t i = next_path_++;
    return wrap<Path<T>>(json::decode_path<T>(names_.at(i), call_.path_values.at(i), issues_));
  }
  template <class T>
  std::optional<Query<T>> decode(std::type_identity<Query<T>>) {
    return wrap<Query<T>>(json::decode_query<T>(call_.request.query, issues_));
  }
  template <class T>
  std::optional<Body<T>> decode(std::type_identity<Body<T>>) {
    if (!is_json(call_.request)) {
      issues_.push_back(not_json());
      return std::nullopt;
    }
    return wrap<Body<T>>(json::decode_body<T>(call_.request.body, issues_));
  }

  const json::Issues& issues() const { return issues_; }

 private:
  template <class Wrapper, class T>
  static std::optional<Wrapper> wrap(std::optional<T> value) {
    if (!value) return std::nullopt;
    return Wrapper{*std::move(value)};
  }

  const Call& call_;
  const std::vector<std::string_view>& names_;
  std::size_t next_path_ = 0;
  json::Issues issues_;
};

/// Adds what a handler's parameter takes from the request.
template <class T>
void describe_input(openapi::Operation& operation, const std::vector<std::string_view>& names,
                    openapi::Components& components, std::type_identity<Path<T>>) {
  const std::string name(names.at(operation.parameters.size()));
  operation.parameters.push_back(openapi::path_parameter<T>(name, components));
}
template <class T>
void describe_input(openapi::Operation& operation, const std::vector<std::string_view>&,
                    openapi::Components& components, std::type_identity<Query<T>>) {
  for (auto& parameter : openapi::query_parameters<T>(components)) {
    operation.parameters.push_back(std::move(parameter));
  }
}
template <class T>
void describe_input(openapi::Operation& operation, const std::vector<std::string_view>&,
                    openapi::Components& components, std::type_identity<Body<T>>) {
  operation.request = openapi::request_schema<T>(components);
}

/// The row for `handler`, which answers an `Out`. Every input is checked before it runs, and all
/// issues are told at once.
template <class Out, class... In>
Endpoint endpoint(std::string_view method, std::string_view path, Who who,
                  Task<Response> (*handler)(Call&, In...), Doc doc) {
  auto handle = [handler, names = path_names(path)](Call& call) -> Task<Response> {
    InputDecoder decoder(call, names);
    // Braces: decoded from left to right.
    std::tuple<std::optional<In>...> inputs{decoder.decode(std::type_identity<In>{})...};
    if (!decoder.issues().empty()) return ready(validation_failed(decoder.issues()));
    return std::apply([&](auto&... input) { return handler(call, *std::move(input)...); }, inputs);
  };
  const std::optional<Deprecation> deprecated = doc.deprecated;
  auto describe = [method, path, who, doc = std::move(doc)](openapi::Components& components) {
    openapi::Operation operation = begin_operation(method, path, who, doc);
    const auto names = path_names(path);
    (describe_input(operation, names, components, std::type_identity<In>{}), ...);
    finish_operation(operation, who, doc, openapi::response_schema<Out>(components),
                     sizeof...(In) > 0, components);
    return operation;
  };
  return {.method = method,
          .path = path,
          .who = who,
          .deprecated = deprecated,
          .handle = std::move(handle),
          .describe = std::move(describe)};
}

}  // namespace boxoffice::http::api
