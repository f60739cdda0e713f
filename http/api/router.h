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
    const Endpoint* endpoint = nullptr;    ///< null: no endpoint for this method and path
    std::vector<std::string> path_values;  ///< raw segments that stand for `{…}`, in order
    std::string allow;                     ///< when the path exists for other methods: "GET, POST"
  };
  /// HEAD finds the endpoint of GET.
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::vector<std::string_view> segments;  // of the template
    std::vector<const Endpoint*> endpoints;  // one a method
  };
  static bool matches(const Route& route, const std::vector<std::string_view>& segments);

  std::vector<Route> routes_;
};

}  // namespace boxoffice::http::api
