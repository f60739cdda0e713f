// Which client a request comes from, as far as its address tells.
#pragma once

#include <string>
#include <string_view>

namespace boxoffice::http::api {

struct ClientAddress {
  /// What is held to be one client: an IPv4 address, or the first 64 bits of an IPv6 address,
  /// which are one household's or machine's ("2001:db8:0:1::/64").
  std::string network;
  /// This machine: who tries the program out, or a proxy that speaks for everybody.
  bool loopback = false;
};

/// Of Request::peer_address; what is not an IP address is a network of its own.
ClientAddress client_address(std::string_view peer_address);

}  // namespace boxoffice::http::api
