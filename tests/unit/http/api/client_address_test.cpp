#include "http/api/client_address.h"

#include <gtest/gtest.h>

namespace boxoffice::http::api {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string client(std::string_view peer, Fields fields, std::string_view proxies,
                   ProxyHeader header = ProxyHeader::x_forwarded_for) {
  Request request;
  request.peer = parse_ip_address(peer).value();
  request.headers.fields = std::move(fields);
  return to_string(
      client_address(request, {.proxies = parse_ip_networks(proxies).value(), .header = header}));
}

std::string forwarded(std::string value) {
  return client("10.0.0.1", {{"Forwarded", std::move(value)}}, "10.0.0.0/8",
                ProxyHeader::forwarded);
}

TEST(ClientAddress, is_the_peers_when_nobody_is_trusted) {
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}, ""), "10.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}, "10.0.0.0/8"), "127.0.0.1");
}

TEST(ClientAddress, is_the_rightmost_that_is_not_trusted) {
  const auto of = [](std::string list) {
    return client("10.0.0.1", {{"X-Forwarded-For", std::move(list)}}, "10.0.0.0/8");
  };
  EXPECT_EQ(of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.9, 192.0.2.1"), "192.0.2.1");  // the client wrote the first itself
  EXPECT_EQ(of("192.0.2.9, 192.0.2.1, 10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.1,10.0.0.2 ,\t10.0.0.3"), "192.0.2.1");
  EXPECT_EQ(of("10.0.0.7, 10.0.0.2"), "10.0.0.7");  // all are ours: the first of them asked
  EXPECT_EQ(of("192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(of("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(of("2001:db8::1"), "2001:db8::1");
}

TEST(ClientAddress, is_the_proxys_when_what_it_says_cannot_be_read) {
  for (const char* list : {"", "unknown", "192.0.2.1, nonsense", "192.0.2.1,", "[::1"}) {
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", list}}, "10.0.0.0/8"), "10.0.0.1") << list;
  }
  EXPECT_EQ(
      client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1, nonsense, 10.0.0.2"}}, "10.0.0.0/8"),
      "10.0.0.2");
}

TEST(ClientAddress, is_read_over_several_fields_from_the_last_back) {
  const Fields fields{{"X-Forwarded-For", "192.0.2.9, 192.0.2.1"},
                      {"x-forwarded-for", "10.0.0.3, 10.0.0.2"}};
  EXPECT_EQ(client("10.0.0.1", fields, "10.0.0.0/8"), "192.0.2.1");
}

TEST(ClientAddress, is_not_taken_from_the_field_that_our_proxies_do_not_write) {
  EXPECT_EQ(client("10.0.0.1", {{"Forwarded", "for=192.0.2.1"}}, "10.0.0.0/8"), "10.0.0.1");
  EXPECT_EQ(
      client("10.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}, "10.0.0.0/8", ProxyHeader::forwarded),
      "10.0.0.1");
}

TEST(ClientAddress, is_read_from_forwarded) {
  EXPECT_EQ(forwarded("for=192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(forwarded("For=\"[2001:db8::1]:4711\";proto=https"), "2001:db8::1");
  EXPECT_EQ(forwarded("proto=http; for=192.0.2.1 ;by=10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(forwarded("for=192.0.2.9, for=192.0.2.1, for=10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(forwarded("for=_hidden"), "10.0.0.1");
  EXPECT_EQ(forwarded("for=192.0.2.9, for=unknown"), "10.0.0.1");
  EXPECT_EQ(forwarded("proto=https"), "10.0.0.1");
}

}  // namespace
}  // namespace boxoffice::http::api
