#include "tools/server_link.h"

#include <cstdlib>
#include <utility>

#include "http/api/wire.h"

namespace boxoffice::tools {

namespace {

FaultKind kind_of(int status) {
  switch (status) {
    case 404: return FaultKind::not_found;
    case 409: return FaultKind::locked;
    case 401:
    case 403: return FaultKind::invalid;
    default: return FaultKind::unavailable;
  }
}

// What is for people in a problem; another answer as it is.
std::string detail_of(const std::string& body) {
  http::json::Issues issues;
  const auto problem = http::json::decode_body<http::api::Problem>(body, issues);
  return problem ? problem->detail : body;
}

}  // namespace

std::string token_of_environment() {
  const char* const token = std::getenv("BOXOFFICE_TOKEN");
  return token == nullptr ? "" : token;
}

Result<ServerLink> ServerLink::to(const std::string& url, std::string token_wanted) {
  TRY(auto server, http::parse_server_url(url));
  return ServerLink(std::move(server), token_of_environment(), std::move(token_wanted));
}

Result<std::string> ServerLink::ask(std::string_view method, const std::string& target) const {
  TRY(auto answer, http::fetch(url_, method, target, token_));
  if (answer.status / 100 == 2) return std::move(answer.body);
  const bool is_refused = answer.status == 401 || answer.status == 403;
  return fault(kind_of(answer.status),
               fmt::format("{} {}: {} {}{}", method, target, answer.status, detail_of(answer.body),
                           is_refused ? "; set BOXOFFICE_TOKEN to " + token_wanted_ : ""));
}

}  // namespace boxoffice::tools
