#include "http/api/router.h"

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::http::api {

namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

}  // namespace

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  for (const std::string_view segment : split(path)) {
    if (is_name(segment)) names.push_back(segment.substr(1, segment.size() - 2));
  }
  return names;
}

Router::Router(const std::vector<Endpoint>& endpoints) {
  for (const Endpoint& endpoint : endpoints) {
    auto segments = split(endpoint.path);
    auto route = std::find_if(routes_.begin(), routes_.end(),
                              [&](const Route& r) { return r.segments == segments; });
    if (route == routes_.end()) {
      route =
          routes_.insert(routes_.end(), Route{.segments = std::move(segments), .endpoints = {}});
    }
    for (const Endpoint* other : route->endpoints) {
      ENSURE(other->method != endpoint.method, "an endpoint stands in the table once");
    }
    route->endpoints.push_back(&endpoint);
  }
  // Where a word and a name both match ("/users/me", "/users/{id}"), the word goes first.
  std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
    return std::count_if(a.segments.begin(), a.segments.end(), is_name) <
           std::count_if(b.segments.begin(), b.segments.end(), is_name);
  });
}

bool Router::matches(const Route& route, const std::vector<std::string_view>& segments) {
  if (route.segments.size() != segments.size()) return false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_name(route.segments[i]) ? segments[i].empty() : route.segments[i] != segments[i]) {
      return false;
    }
  }
  return true;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  const auto segments = split(path);
  const auto route = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& r) { return matches(r, segments); });
  Match match;
  if (route == routes_.end()) return match;
  for (const Endpoint* endpoint : route->endpoints) {
    if (endpoint->method == wanted) match.endpoint = endpoint;
    match.allow += (match.allow.empty() ? "" : ", ") + std::string(endpoint->method);
  }
  if (match.endpoint != nullptr) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (is_name(route->segments[i])) match.path_values.emplace_back(segments[i]);
    }
  }
  return match;
}

}  // namespace boxoffice::http::api
