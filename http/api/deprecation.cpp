#include "http/api/deprecation.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "http/server/response_bytes.h"

namespace boxoffice::http::api {

namespace {

long long unix_seconds(Date date) {
  using namespace std::chrono;
  const sys_days midnight = year(date.year) / month(date.month) / day(date.day);
  return sys_seconds(midnight).time_since_epoch().count();
}

}  // namespace

void announce(const Deprecation& deprecation, Response& response) {
  response.headers.add("Deprecation", fmt::format("@{}", unix_seconds(deprecation.since)));
  if (deprecation.until) {
    response.headers.add("Sunset", http_date(unix_seconds(*deprecation.until)));
  }
  if (!deprecation.link.empty()) {
    response.headers.add("Link", fmt::format(R"(<{}>; rel="deprecation")", deprecation.link));
  }
}

}  // namespace boxoffice::http::api
