// One request to a running server, for the command-line tools.
//
// Threads: the caller's; it waits. Plain HTTP: a server is reached on the machine itself, or
// through the proxy that ends TLS in front of it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boxoffice::http {

/// Where a server is: "http://127.0.0.1:8000".
struct ServerUrl {
  std::string host;
  std::string port;
};

/// "127.0.0.1:8000", "[::1]:8000": as the Host field has it.
std::string authority_of(const ServerUrl& server);

/// Fault: `invalid`, for anything else than http://host or http://host:port.
Result<ServerUrl> parse_server_url(std::string_view url);

struct Answer {
  int status = 0;
  std::string body;
};

/// `token`: sent as Bearer token unless it is empty. Faults: `unavailable` when there is no answer
/// within `limit`, or one that is not HTTP.
Result<Answer> fetch(const ServerUrl& server, std::string_view method, const std::string& target,
                     const std::string& token,
                     std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace boxoffice::http
