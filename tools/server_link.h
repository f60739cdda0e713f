// A running server, asked by the command-line tools over its own API.
#pragma once

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "http/client/client.h"
#include "http/json/decode.h"

namespace boxoffice::tools {

/// The token in the environment variable BOXOFFICE_TOKEN, empty when it is not set: what stands on
/// a command line is seen by others.
std::string token_of_environment();

class ServerLink {
 public:
  /// The server at `url`, asked with token_of_environment(). Fault: `invalid`.
  /// `token_wanted`: whose one it is to be, for who has not set it.
  static Result<ServerLink> to(const std::string& url,
                               std::string token_wanted = "an admin's token");

  /// What it answers to a GET, or to a POST without a body, as a T. Faults: `unavailable`;
  /// `not_found`, `locked` (409), `invalid` by what the server says; `corrupt` (not a T).
  template <class T>
  Result<T> get(const std::string& target) const {
    return ask<T>("GET", target);
  }
  template <class T>
  Result<T> post(const std::string& target) const {
    return ask<T>("POST", target);
  }

 private:
  ServerLink(http::ServerUrl url, std::string token, std::string token_wanted)
      : url_(std::move(url)), token_(std::move(token)), token_wanted_(std::move(token_wanted)) {}

  template <class T>
  Result<T> ask(std::string_view method, const std::string& target) const {
    TRY(const std::string body, ask(method, target));
    http::json::Issues issues;
    auto value = http::json::decode_body<T>(body, issues);
    if (value) return *std::move(value);
    return fault(FaultKind::corrupt,
                 fmt::format("{} {}: not the answer of this version", method, target));
  }
  Result<std::string> ask(std::string_view method, const std::string& target) const;

  http::ServerUrl url_;
  std::string token_;
  std::string token_wanted_;
};

}  // namespace boxoffice::tools
