// IP addresses and networks as values: who is it, and does it belong to us.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice {

/// IPv4 addresses are kept, and equal to, their form within IPv6: ::ffff:192.0.2.1.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
  bool is_v4() const;
  /// 127.0.0.0/8 or ::1.
  bool is_loopback() const;
  /// Who is one client: the address of IPv4; of IPv6 the network of 64 bits, within which a client
  /// has as many addresses as it likes.
  std::uint64_t client() const;
};

/// Without brackets, port or zone; empty when malformed.
std::optional<IpAddress> parse_ip_address(std::string_view text);
/// As RFC 5952 writes it; IPv4 as "192.0.2.1".
std::string to_string(const IpAddress& address);

struct IpNetwork {
  IpAddress address;
  unsigned prefix_bits = 128;  ///< of the IPv6 form

  bool contains(const IpAddress& other) const;
};

/// Addresses ("::1") and networks ("10.0.0.0/8"), separated by commas; empty when malformed.
std::optional<std::vector<IpNetwork>> parse_ip_networks(std::string_view text);

}  // namespace boxoffice
