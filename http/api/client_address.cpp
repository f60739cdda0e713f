#include "http/api/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace boxoffice::http::api {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr std::size_t network_bytes = 8;
constexpr Bytes v4_mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// An IPv4 address as the IPv6 address that stands for it; empty when it is neither.
std::optional<Bytes> parse(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));  // without a scope
  Bytes bytes = v4_mapped;
  if (::inet_pton(AF_INET, address.c_str(), &bytes[12]) == 1) return bytes;
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

bool is_v4(const Bytes& address) {
  return std::equal(v4_mapped.begin(), v4_mapped.begin() + 12, address.begin());
}

ClientAddress describe(Bytes address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(address)) {
    ::inet_ntop(AF_INET, &address[12], text.data(), text.size());
    return {.network = text.data(), .loopback = address[12] == 127};
  }
  Bytes one{};
  one.back() = 1;
  const bool loopback = address == one;
  std::fill(address.begin() + network_bytes, address.end(), std::uint8_t{0});
  ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return {.network = std::string(text.data()) + "/64", .loopback = loopback};
}

}  // namespace

ClientAddress client_address(std::string_view peer_address) {
  const auto address = parse(peer_address);
  if (!address) return {.network = std::string(peer_address)};
  return describe(*address);
}

}  // namespace boxoffice::http::api
