#include "http/server/connection_counts.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace boxoffice::http {
namespace {

IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
}
IpAddress v6(std::uint8_t network, std::uint8_t host) {
  return {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, host}};
}
constexpr IpAddress v6_loopback = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

constexpr ServerLimits two_each{.connections_max = 100, .connections_per_address_max = 2};

TEST(ConnectionCounts, gives_one_client_so_many_places_and_others_theirs) {
  ConnectionCounts counts;
  const Admission first = counts.admit(v4(192, 0, 2, 1), two_each);
  EXPECT_EQ(first.entry, Entry::served);
  EXPECT_EQ(counts.admit(v4(192, 0, 2, 1), two_each).entry, Entry::served);
  const Admission beyond = counts.admit(v4(192, 0, 2, 1), two_each);
  EXPECT_EQ(beyond.entry, Entry::told);
  EXPECT_EQ(beyond.reason, RejectReason::address_limit);
  EXPECT_EQ(counts.admit(v4(192, 0, 2, 2), two_each).entry, Entry::served);
  EXPECT_EQ(counts.open(), 4u);
  counts.release(first);
  EXPECT_EQ(counts.admit(v4(192, 0, 2, 1), two_each).entry, Entry::served)
      << "who is being told takes nobody's place";
}

TEST(ConnectionCounts, takes_64_bits_of_ipv6_for_one_client) {
  EXPECT_EQ(client_of(v6(1, 1), two_each), client_of(v6(1, 2), two_each));
  EXPECT_NE(client_of(v6(1, 1), two_each), client_of(v6(2, 1), two_each));
  EXPECT_NE(client_of(v4(192, 0, 2, 1), two_each), client_of(v4(192, 0, 2, 2), two_each));
}

TEST(ConnectionCounts, counts_nobody_without_a_bound_nor_loopback_when_that_is_free) {
  EXPECT_FALSE(client_of(v4(192, 0, 2, 1), {.connections_per_address_max = 0}));
  const ServerLimits free{.connections_per_address_max = 2, .loopback_limited = false};
  EXPECT_FALSE(client_of(v4(127, 0, 0, 1), free));
  EXPECT_FALSE(client_of(v4(127, 255, 0, 9), free));
  EXPECT_FALSE(client_of(v6_loopback, free));
  EXPECT_TRUE(client_of(v4(192, 0, 2, 1), free));
  EXPECT_TRUE(client_of(v6(0, 1), free));
  EXPECT_TRUE(client_of(v4(127, 0, 0, 1), two_each));
  EXPECT_TRUE(client_of(v6_loopback, two_each));
}

TEST(ConnectionCounts, counts_no_proxy_of_ours_which_brings_many_clients) {
  const ServerLimits limits{.connections_per_address_max = 2,
                            .proxies = *parse_ip_networks("192.0.2.0/24, ::1")};
  EXPECT_FALSE(client_of(v4(192, 0, 2, 1), limits));
  EXPECT_FALSE(client_of(v6_loopback, limits));
  EXPECT_TRUE(client_of(v4(192, 0, 3, 1), limits));
  EXPECT_TRUE(client_of(v4(127, 0, 0, 1), limits));
}

TEST(ConnectionCounts, closes_at_once_when_enough_are_being_told) {
  ConnectionCounts counts;
  const ServerLimits none{.connections_max = 0};
  std::vector<Admission> told;
  for (std::size_t i = 0; i < ConnectionCounts::told_max; ++i) {
    told.push_back(counts.admit(v4(192, 0, 2, 1), none));
    EXPECT_EQ(told.back().entry, Entry::told);
    EXPECT_EQ(told.back().reason, RejectReason::connection_limit);
  }
  EXPECT_EQ(counts.admit(v4(192, 0, 2, 1), none).entry, Entry::closed);
  EXPECT_EQ(counts.open(), ConnectionCounts::told_max);
  counts.release(told.back());
  EXPECT_EQ(counts.admit(v4(192, 0, 2, 1), none).entry, Entry::told);
}

TEST(ConnectionCounts, forgets_everybody_who_has_left) {
  ConnectionCounts counts;
  const ServerLimits limits{.connections_max = 50, .connections_per_address_max = 5};
  std::vector<Admission> held;
  std::mt19937 random(1);  // NOLINT: the same order in every run
  for (int i = 0; i < 20'000; ++i) {
    if (held.empty() || random() % 2 == 0) {
      const auto host = static_cast<std::uint8_t>(random() % 30);
      const Admission got = counts.admit(v4(192, 0, 2, host), limits);
      if (got.entry != Entry::closed) held.push_back(got);
    } else {
      std::swap(held[random() % held.size()], held.back());
      counts.release(held.back());
      held.pop_back();
    }
    ASSERT_EQ(counts.open(), held.size());
  }
  for (const Admission& admission : held) counts.release(admission);
  EXPECT_EQ(counts.open(), 0u);
  EXPECT_EQ(counts.clients(), 0u);
  EXPECT_TRUE(counts.wait_until_empty(std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace boxoffice::http
