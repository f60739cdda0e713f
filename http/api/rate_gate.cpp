#include "http/api/rate_gate.h"

#include <fmt/format.h>

#include "http/api/responses.h"

namespace boxoffice::http::api {

namespace {

constexpr std::size_t buckets = 1 << 16;
constexpr std::array<std::string_view, rate_classes> names{"reads", "writes", "logins", "streams",
                                                           "admin"};

std::int64_t seconds_up(std::chrono::nanoseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

std::string header_of(std::string_view name, const RateLimit& limit) {
  return fmt::format("\"{}\";q={};w={}", name, limit.burst,
                     seconds_up(limit.interval * limit.burst));
}

// Which of two buckets has the smaller share left.
bool is_tighter(const RateStanding& a, const RateStanding& b) {
  if (b.policy == nullptr || !a.taken.allowed) return true;
  return std::uint64_t{a.taken.left} * b.burst < std::uint64_t{b.taken.left} * a.burst;
}

}  // namespace

RateClass rate_class_of(const Endpoint* endpoint) {
  if (endpoint == nullptr) return RateClass::reads;
  switch (endpoint->who) {
    case Who::admin:
    case Who::monitor:
    case Who::gateway: return RateClass::admin;
    case Who::anyone:
    case Who::signed_in: break;
  }
  if (endpoint->path.ends_with("/login") || endpoint->path.ends_with("/register")) {
    return RateClass::logins;
  }
  if (endpoint->path.ends_with("/stream")) return RateClass::streams;
  return endpoint->method == "GET" ? RateClass::reads : RateClass::writes;
}

void RateStanding::tell(Response& response) const {
  if (policy == nullptr) return;
  response.headers.add("RateLimit-Policy", *policy);
  std::string text;
  text.reserve(name.size() + 24);
  text += '"';
  text += name;
  text += "\";r=";
  text += std::to_string(taken.left);
  text += ";t=";
  text += std::to_string(seconds_up(taken.whole));
  response.headers.add("RateLimit", std::move(text));
}

RateGate::RateGate(const RateLimits& limits, std::uint64_t seed)
    : limits_(limits), buckets_(buckets, seed) {
  for (std::size_t i = 0; i < rate_classes; ++i) {
    const std::string user = std::string(names[i]) + "-user";
    policies_[i][0] = {std::string(names[i]), header_of(names[i], limits_.by_class[i])};
    policies_[i][1] = {user, header_of(user, limits_.by_class[i])};
  }
}

std::optional<Response> RateGate::admit(RateClass rate_class, const IpAddress& address, Time now,
                                        RateStanding& standing) {
  const Subject subject = address.is_v4() ? Subject::v4 : Subject::v6;
  return admit(rate_class, subject, address.client(), now, standing);
}

std::optional<Response> RateGate::admit(RateClass rate_class, UserId user, Time now,
                                        RateStanding& standing) {
  return admit(rate_class, Subject::user, user.value, now, standing);
}

std::optional<Response> RateGate::admit(RateClass rate_class, Subject subject, std::uint64_t id,
                                        Time now, RateStanding& standing) {
  const auto number = static_cast<std::size_t>(rate_class);
  const RateLimit& limit = limits_.by_class[number];
  if (!limit.is_on()) return std::nullopt;
  const auto kind = static_cast<std::uint32_t>(number << 8) | static_cast<std::uint32_t>(subject);
  const Policy& policy = policies_[number][subject == Subject::user ? 1 : 0];
  const RateStanding here{.policy = &policy.header,
                          .name = policy.name,
                          .burst = limit.burst,
                          .taken = buckets_.take({.subject = id, .kind = kind}, limit, now)};
  if (is_tighter(here, standing)) standing = here;
  if (here.taken.allowed) return std::nullopt;
  return too_many_requests({}, std::chrono::ceil<Duration>(here.taken.wait));
}

}  // namespace boxoffice::http::api
