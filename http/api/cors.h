// Cross-origin requests, as the FastAPI program that this one replaces answers them: listed origins
// may send credentials, every method and every header.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/server/message.h"

namespace boxoffice::http::api {

/// The answer to a preflight; empty when the request is none.
std::optional<Response> preflight(const Request& request, const std::vector<std::string>& origins);

/// Lets the request's origin read the answer, if it has one that is listed.
void allow_origin(const Request& request, const std::vector<std::string>& origins,
                  Response& response);

}  // namespace boxoffice::http::api
