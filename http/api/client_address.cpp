#include "http/api/client_address.h"

#include <algorithm>
#include <optional>
#include <string>

namespace boxoffice::http::api {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711".
std::optional<IpAddress> node_address(std::string_view node) {
  if (node.starts_with('[')) {
    const std::size_t end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    return parse_ip_address(node.substr(1, end - 1));
  }
  if (std::count(node.begin(), node.end(), ':') == 1) node = node.substr(0, node.find(':'));
  return parse_ip_address(node);
}

/// The value of `for` in an element of Forwarded (RFC 7239): for="[2001:db8::1]:4711";proto=https
std::string_view for_parameter(std::string_view element) {
  while (!element.empty()) {
    const std::size_t end = std::min(element.find(';'), element.size());
    std::string_view pair = trimmed(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equal_without_case(trimmed(pair.substr(0, equals)), "for")) continue;
    std::string_view value = trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

bool is_trusted(const IpAddress& address, const ProxyTrust& trust) {
  return std::any_of(trust.proxies.begin(), trust.proxies.end(),
                     [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace

IpAddress client_address(const Request& request, const ProxyTrust& trust) {
  IpAddress address = request.peer;
  if (!is_trusted(address, trust)) return address;
  const bool forwarded = trust.header == ProxyHeader::forwarded;
  const std::string_view name = forwarded ? "Forwarded" : "X-Forwarded-For";
  const auto& fields = request.headers.fields;
  // From the last entry of the last field backwards.
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (!equal_without_case(field->first, name)) continue;
    std::string_view list = field->second;
    while (true) {
      const std::size_t comma = list.rfind(',');
      const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
      const std::string_view entry = trimmed(list.substr(begin));
      const auto hop = node_address(forwarded ? for_parameter(entry) : entry);
      if (!hop) return address;
      address = *hop;
      if (!is_trusted(address, trust)) return address;
      if (comma == std::string_view::npos) break;
      list = list.substr(0, comma);
    }
  }
  return address;
}

}  // namespace boxoffice::http::api
