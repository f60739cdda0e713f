// Who a request is from when it comes through proxies of ours.
//
// Each proxy adds the address that it was called from at the end of a list, so the list is believed
// from its end on, as long as the address before is that of a proxy that we trust: the first that
// is not trusted is the client. What a client itself writes there stands before that and is never
// reached. Without trusted proxies the list is not looked at.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/ip_address.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// The field in which our proxies say whom they were called by. One alone: a proxy that writes one
/// passes the other on as the client sent it.
BOOST_DEFINE_FIXED_ENUM_CLASS(ProxyHeader, std::uint8_t, x_forwarded_for, forwarded)

struct ProxyTrust {
  std::vector<IpNetwork> proxies{};
  ProxyHeader header = ProxyHeader::x_forwarded_for;
};

/// The client's address. An entry that cannot be read ends the search at the proxy that wrote it.
IpAddress client_address(const Request& request, const ProxyTrust& trust);

}  // namespace boxoffice::http::api
