// How many requests an address and a user may make, and what they are told about it.
//
// Each class of routes has a limit, which holds for an address (of IPv6: a network of 64 bits) and
// for whoever is signed in. It is exact over all I/O threads. The address is asked before anything
// else is done for a request, the user as soon as it is known.
//
// Answers carry RateLimit and RateLimit-Policy as draft-ietf-httpapi-ratelimit-headers-10 has them:
// of the bucket that has the smaller share left. `q` is the burst, `w` the seconds in which a spent
// bucket is full again, `r` the requests left, `t` the seconds until all are there again.
//
// Threads: any. Limits: 65,536 buckets, 1.5 MB (base/token_buckets.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/ip_address.h"
#include "base/token_buckets.h"
#include "http/api/endpoint.h"
#include "http/api/rate_classes.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// `endpoint`: null for what none answers.
RateClass rate_class_of(const Endpoint* endpoint);

/// What is left of the bucket that a request took from.
struct RateStanding {
  const std::string* policy = nullptr;  ///< RateLimit-Policy; null: there is no limit
  std::string_view name;
  std::uint32_t burst = 0;
  TokenBuckets::Taken taken;

  /// Tells it; nothing when there is no limit.
  void tell(Response& response) const;
};

class RateGate {
 public:
  using Time = TokenBuckets::Time;

  RateGate(const RateLimits& limits, std::uint64_t seed);

  bool is_free(const IpAddress& address) const {
    return limits_.loopback_is_free && address.is_loopback();
  }
  /// Takes a token; 429 when there is none. `standing` becomes this bucket's when it is the tighter
  /// one.
  std::optional<Response> admit(RateClass rate_class, const IpAddress& address, Time now,
                                RateStanding& standing);
  std::optional<Response> admit(RateClass rate_class, UserId user, Time now,
                                RateStanding& standing);

 private:
  enum class Subject : std::uint8_t { v4, v6, user };
  static constexpr std::size_t subjects = 2;  // that policies tell apart: address and user

  struct Policy {
    std::string name;    // "reads", "reads-user"
    std::string header;  // "reads";q=400;w=4
  };
  std::optional<Response> admit(RateClass rate_class, Subject subject, std::uint64_t id, Time now,
                                RateStanding& standing);

  const RateLimits limits_;
  std::array<std::array<Policy, subjects>, rate_classes> policies_;
  TokenBuckets buckets_;
};

}  // namespace boxoffice::http::api
