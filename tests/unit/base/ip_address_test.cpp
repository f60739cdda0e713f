#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace boxoffice {
namespace {

IpAddress address(std::string_view text) {
  const auto parsed = parse_ip_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress());
}

bool is_in(std::string_view other, std::string_view networks) {
  const auto parsed = parse_ip_networks(networks);
  EXPECT_TRUE(parsed) << networks;
  for (const IpNetwork& network : parsed.value_or(std::vector<IpNetwork>())) {
    if (network.contains(address(other))) return true;
  }
  return false;
}

TEST(IpAddresses, are_read_and_written) {
  EXPECT_EQ(to_string(address("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(address("2001:DB8:0:0:0:0:0:1")), "2001:db8::1");
  EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
  for (const std::string_view wrong :
       {"", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "::1%eth0", "localhost",
        "192.0.2.1 ", "0x7f.1", "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(parse_ip_address(wrong)) << wrong;
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("::1\0", 4)));
}

TEST(IpAddresses, of_this_machine_are_known) {
  for (const char* text : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(address(text).is_loopback()) << text;
  }
  for (const char* text : {"128.0.0.1", "10.0.0.1", "::", "::2", "2001:db8::1"}) {
    EXPECT_FALSE(address(text).is_loopback()) << text;
  }
}

TEST(IpAddresses, of_one_client_are_one) {
  EXPECT_EQ(address("2001:db8:1:2::1").client(), address("2001:db8:1:2:ffff::9").client());
  EXPECT_NE(address("2001:db8:1:2::1").client(), address("2001:db8:1:3::1").client());
  EXPECT_NE(address("192.0.2.1").client(), address("192.0.2.2").client());
}

TEST(IpNetworks, hold_what_their_prefix_says) {
  EXPECT_TRUE(is_in("10.1.2.3", "10.0.0.0/8"));
  EXPECT_FALSE(is_in("11.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(is_in("192.0.2.130", "192.0.2.128/25"));
  EXPECT_FALSE(is_in("192.0.2.127", "192.0.2.128/25"));
  EXPECT_TRUE(is_in("192.0.2.1", "10.0.0.0/8, 192.0.2.1"));
  EXPECT_FALSE(is_in("192.0.2.2", "10.0.0.0/8, 192.0.2.1"));
  EXPECT_TRUE(is_in("2001:db8:1::1", "2001:db8::/32"));
  EXPECT_FALSE(is_in("2001:db9::1", "2001:db8::/32"));
  EXPECT_TRUE(is_in("192.0.2.1", "0.0.0.0/0"));
  EXPECT_FALSE(is_in("2001:db8::1", "0.0.0.0/0"));
  for (const char* wrong : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "a", "::1,,::2",
                            "10.0.0.0/8/8", "10.0.0.0/-1"}) {
    EXPECT_FALSE(parse_ip_networks(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace boxoffice
