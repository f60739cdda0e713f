#include "http/api/client_address.h"

#include <gtest/gtest.h>

namespace boxoffice::http::api {
namespace {

std::string network(std::string_view peer) { return client_address(peer).network; }
bool is_loopback(std::string_view peer) { return client_address(peer).loopback; }

TEST(ClientAddress, each_ipv4_address_is_a_client) {
  EXPECT_EQ(network("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
}

TEST(ClientAddress, sixty_four_bits_of_an_ipv6_address_are_one_client) {
  EXPECT_EQ(network("2001:db8:0:1::1"), "2001:db8:0:1::/64");
  EXPECT_EQ(network("2001:db8:0:1:ffff::2"), "2001:db8:0:1::/64");
  EXPECT_NE(network("2001:db8:0:2::1"), network("2001:db8:0:1::1"));
  EXPECT_EQ(network("fe80::1%eth0"), "fe80::/64");
}

TEST(ClientAddress, this_machine_is_known) {
  for (const char* address : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(address)) << address;
  }
  for (const char* address : {"128.0.0.1", "::2", "::", "0.0.0.0", "1::1", "::127.0.0.1"}) {
    EXPECT_FALSE(is_loopback(address)) << address;
  }
}

TEST(ClientAddress, what_is_no_address_is_itself) {
  EXPECT_EQ(network("somewhere"), "somewhere");
  EXPECT_FALSE(is_loopback("somewhere"));
}

}  // namespace
}  // namespace boxoffice::http::api
