#include "http/api/rate_gate.h"

#include <gtest/gtest.h>

#include "http/api/api.h"

namespace boxoffice::http::api {
namespace {

using namespace std::chrono_literals;

const IpAddress here = parse_ip_address("192.0.2.1").value();
const IpAddress there = parse_ip_address("192.0.2.2").value();
const RateGate::Time start(1'000'000s);

RateLimits limits(RateLimit reads, RateLimit writes = {}) {
  RateLimits out;
  out.by_class = {reads, writes, {}, {}, {}};
  return out;
}

TEST(RateGate, tells_what_is_left_and_when_to_come_again) {
  RateGate gate(limits({.interval = 500ms, .burst = 2}), 1);
  RateStanding standing;
  EXPECT_FALSE(gate.admit(RateClass::reads, here, start, standing));
  Response response;
  standing.tell(response);
  EXPECT_EQ(*response.headers.find("RateLimit-Policy"), "\"reads\";q=2;w=1");
  EXPECT_EQ(*response.headers.find("RateLimit"), "\"reads\";r=1;t=1");
  EXPECT_FALSE(gate.admit(RateClass::reads, here, start, standing));
  const auto refused = gate.admit(RateClass::reads, here, start + 1ms, standing);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->reason, "rate_limited");
  EXPECT_EQ(*refused->headers.find("Retry-After"), "1");
  EXPECT_EQ(standing.taken.left, 0U);
  EXPECT_FALSE(gate.admit(RateClass::reads, there, start + 1ms, standing));
}

TEST(RateGate, limits_a_user_from_many_addresses) {
  RateGate gate(limits({}, {.interval = 1s, .burst = 3}), 1);
  int refused = 0;
  for (int i = 1; i <= 5; ++i) {
    RateStanding standing;
    const auto address = parse_ip_address("192.0.2." + std::to_string(i)).value();
    EXPECT_FALSE(gate.admit(RateClass::writes, address, start, standing));
    if (gate.admit(RateClass::writes, UserId(7), start, standing)) ++refused;
    // The tighter one is what is told.
    EXPECT_EQ(standing.name, i == 1 ? "writes" : "writes-user");
  }
  EXPECT_EQ(refused, 2);
}

TEST(RateGate, has_a_limit_for_each_class_and_none_for_those_that_are_off) {
  RateGate gate(limits({.interval = 1s, .burst = 1}), 1);
  RateStanding standing;
  EXPECT_FALSE(gate.admit(RateClass::reads, here, start, standing));
  EXPECT_TRUE(gate.admit(RateClass::reads, here, start, standing));
  for (int i = 0; i < 1'000; ++i) {
    RateStanding none;
    EXPECT_FALSE(gate.admit(RateClass::writes, here, start, none));
    EXPECT_EQ(none.policy, nullptr);
  }
}

TEST(RateGate, leaves_this_machine_alone_only_when_it_is_told_to) {
  const IpAddress loopback = parse_ip_address("127.0.0.1").value();
  RateLimits open = limits({});
  open.loopback_is_free = true;
  EXPECT_TRUE(RateGate(open, 1).is_free(loopback));
  EXPECT_FALSE(RateGate(open, 1).is_free(here));
  EXPECT_FALSE(RateGate(limits({}), 1).is_free(loopback));
}

TEST(RateGate, puts_each_route_into_its_class) {
  const auto of = [](std::string_view method, std::string_view path) {
    for (const Endpoint& endpoint : endpoints()) {
      if (endpoint.method == method && endpoint.path == path) return rate_class_of(&endpoint);
    }
    ADD_FAILURE() << path;
    return RateClass::reads;
  };
  EXPECT_EQ(rate_class_of(nullptr), RateClass::reads);
  EXPECT_EQ(of("GET", "/api/movies"), RateClass::reads);
  EXPECT_EQ(of("GET", "/api/users/me"), RateClass::reads);
  EXPECT_EQ(of("POST", "/api/seats/lock"), RateClass::writes);
  EXPECT_EQ(of("DELETE", "/api/users/me"), RateClass::writes);
  EXPECT_EQ(of("POST", "/api/users/login"), RateClass::logins);
  EXPECT_EQ(of("POST", "/api/users/register"), RateClass::logins);
  EXPECT_EQ(of("GET", "/api/shows/{show_id}/seats/stream"), RateClass::streams);
  EXPECT_EQ(of("POST", "/api/movies"), RateClass::admin);
  EXPECT_EQ(of("GET", "/metrics"), RateClass::admin);
}

}  // namespace
}  // namespace boxoffice::http::api
