// Finds the endpoint for a method and a path.
//
// Threads: any, once constructed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/api/endpoint.h"

namespace boxoffice::http::api {

class Router {
 public:
  /// `endpoints` must outlive the router. REQUIRES: no two have one method and path.
  explicit Router(const std::vector<Endpoint>& endpoints);

  struct Match {
    const Endpoint* endpoint = nullptr;  ///< null: no endpoint for this method and path
    /// Raw segments of `path` that stand for `{…}`, in order.
    std::vector<std::string_view> path_values;
    std::string_view allow;  ///< the path's methods, when there is such a path: "GET, POST"
  };
  /// HEAD finds the endpoint of GET. `path` outlives the match.
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::vector<std::string_view> segments;  // of the template
    std::vector<const Endpoint*> endpoints;  // one a method
    std::string allow;
  };

  std::vector<Route> routes_;
};

}  // namespace boxoffice::http::api
