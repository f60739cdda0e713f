#include "http/auth/random.h"

#include <gtest/gtest.h>

#include <set>

namespace boxoffice::http::auth {
namespace {

TEST(RandomUuid, is_version_4_and_never_the_same) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = to_string(random_uuid());
    EXPECT_EQ(text[14], '4') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    EXPECT_TRUE(parse_uuid(text));
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(RandomHex, has_two_digits_per_byte) {
  EXPECT_EQ(random_hex(0), "");
  EXPECT_EQ(random_hex(32).size(), 64u);
  EXPECT_EQ(random_hex(32).find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(random_hex(16), random_hex(16));
}

TEST(DrawPercent, draws_every_number_from_0_to_99) {
  // Each number is missing from 20,000 draws with probability 0.99^20000, about 10^-87.
  std::set<int> seen;
  for (int i = 0; i < 20'000; ++i) seen.insert(draw_percent());
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(*seen.begin(), 0);
  EXPECT_EQ(*seen.rbegin(), 99);
}

}  // namespace
}  // namespace boxoffice::http::auth
