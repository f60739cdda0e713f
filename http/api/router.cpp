#include "http/api/router.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ensure.h"

namespace boxoffice::http::api {

namespace {

constexpr std::size_t segments_max = 8;  // more than any path of ours has

/// The segments of a path; none of one that has too many.
class Segments {
 public:
  explicit Segments(std::string_view path) {
    while (!path.empty()) {
      path.remove_prefix(1);  // the '/'
      const std::size_t end = std::min(path.find('/'), path.size());
      if (size_ == segments_max) {
        size_ = 0;
        return;
      }
      all_[size_++] = path.substr(0, end);
      path.remove_prefix(end);
    }
  }
  std::span<const std::string_view> all() const { return {all_.data(), size_}; }

 private:
  std::array<std::string_view, segments_max> all_;
  std::size_t size_ = 0;
};

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

bool matches(std::span<const std::string_view> route, std::span<const std::string_view> path) {
  return std::equal(route.begin(), route.end(), path.begin(), path.end(),
                    [](std::string_view ours, std::string_view segment) {
                      return is_name(ours) ? !segment.empty() : ours == segment;
                    });
}

}  // namespace

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  const Segments segments(path);
  for (const std::string_view segment : segments.all()) {
    if (is_name(segment)) names.push_back(segment.substr(1, segment.size() - 2));
  }
  return names;
}

Router::Router(const std::vector<Endpoint>& endpoints) {
  for (const Endpoint& endpoint : endpoints) {
    const Segments split(endpoint.path);
    const auto segments = split.all();
    ENSURE(!segments.empty(), "an endpoint's path has segments, and not too many");
    auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) {
      return std::ranges::equal(r.segments, segments);
    });
    if (route == routes_.end()) {
      Route made{.segments = {segments.begin(), segments.end()}, .endpoints = {}, .allow = {}};
      route = routes_.insert(routes_.end(), std::move(made));
    }
    for (const Endpoint* other : route->endpoints) {
      ENSURE(other->method != endpoint.method, "an endpoint stands in the table once");
    }
    route->endpoints.push_back(&endpoint);
    route->allow += (route->allow.empty() ? "" : ", ") + std::string(endpoint.method);
  }
  // Where a word and a name both match ("/users/me", "/users/{id}"), the word goes first.
  std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
    return std::count_if(a.segments.begin(), a.segments.end(), is_name) <
           std::count_if(b.segments.begin(), b.segments.end(), is_name);
  });
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  const Segments given(path);
  const auto segments = given.all();
  const auto route = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& r) { return matches(r.segments, segments); });
  Match match;
  if (route == routes_.end()) return match;
  match.allow = route->allow;
  for (const Endpoint* endpoint : route->endpoints) {
    if (endpoint->method == wanted) match.endpoint = endpoint;
  }
  if (match.endpoint != nullptr) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (is_name(route->segments[i])) match.path_values.push_back(segments[i]);
    }
  }
  return match;
}

}  // namespace boxoffice::http::api
