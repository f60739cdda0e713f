#include "tools/server_link.h"

#include <cstdlib>
#include <utility>

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

}  // namespace

Result<ServerLink> ServerLink::to(const std::string& url) {
  TRY(auto server, http::parse_server_url(url));
  const char* const token = std::getenv("BOXOFFICE_TOKEN");
  return ServerLink(std::move(server), token == nullptr ? "" : token);
}

Result<std::string> ServerLink::ask(std::string_view method, const std::string& target) const {
  TRY(auto answer, http::fetch(url_, method, target, token_));
  if (answer.status / 100 == 2) return std::move(answer.body);
  return fault(kind_of(answer.status),
               fmt::format("{} {}: {} {}", method, target, answer.status, answer.body));
}

}  // namespace boxoffice::tools
