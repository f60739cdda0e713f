#include "http/api/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/json/parameters.h"

namespace boxoffice::http::api {

namespace {

bool names(std::string_view parameter, std::string_view name) {
  return json::decode_segment(parameter.substr(0, parameter.find('='))) == name;
}

/// What may not stand in an address (RFC 3986), which clients send all the same, and could end the
/// link early.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "%&=+-._~!$'()*,;:@/?[]";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || plain.find(c) != plain.npos;
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

void link_next(Response& response, const Request& request, std::string_view after, Position at) {
  std::string query = fmt::format("after={}", after);
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
    if (parameter.empty() || names(parameter, "after") || names(parameter, "skip")) continue;
    if (names(parameter, "at_time") && at) {
      query += fmt::format("&at_seq={}", at.value);
    } else {
      query += '&' + percent_encoded(parameter);
    }
  }
  response.headers.add("Link",
                       fmt::format("<{}?{}>; rel=\"next\"", percent_encoded(request.path), query));
}

}  // namespace boxoffice::http::api
