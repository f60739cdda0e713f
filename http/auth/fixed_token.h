// A token that is set by an operator and does not expire, for a program that only looks (a
// monitoring system).
//
// Threads: any.
#pragma once

#include <string_view>

#include "http/auth/primitives.h"

namespace boxoffice::http::auth {

class FixedToken {
 public:
  /// Shorter ones could be guessed.
  static constexpr std::size_t bytes_min = 16;

  /// An empty secret is nobody's.
  explicit FixedToken(std::string_view secret);

  /// Takes the same time whichever bytes differ.
  bool is(std::string_view token) const;

 private:
  bool none_;
  Mac mac_;
};

}  // namespace boxoffice::http::auth
