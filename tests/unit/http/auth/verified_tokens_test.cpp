// A remembered token says what it says when it is verified, and for as long.

#include "http/auth/verified_tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/http/auth/token_forge.h"

namespace boxoffice::http::auth {
namespace {

class VerifiedTokensTest : public testing::Test {
 protected:
  std::string issue(const std::string& email) {
    return signer.issue(email, UserId(static_cast<UserId::rep>(email.front())), forge_now);
  }

  // Once as it comes, and once more as it is remembered.
  void expect_same(const std::string& token, Instant now) {
    const auto expected = signer.verify(token, now);
    for (int time = 0; time < 2; ++time) {
      const auto bearer = tokens.verify(token, now);
      ASSERT_EQ(bearer.has_value(), expected.has_value()) << now.us - forge_now.us;
      if (!bearer) continue;
      EXPECT_EQ(bearer->subject, addresses.of({expected->subject}));
      EXPECT_EQ(bearer->user_id, expected->user_id);
    }
  }

  TokenSigner signer{std::string(forge_secret), std::chrono::minutes(30)};
  Fingerprinter addresses{FingerprintKey{1, 2, 3}};
  VerifiedTokens tokens{signer,
                        [this](std::string_view subject) { return addresses.of({subject}); }, 3};
};

TEST_F(VerifiedTokensTest, says_what_the_token_says) {
  for (const std::string email : {"a@example.com", "b@example.com", "a@example.com"}) {
    expect_same(issue(email), forge_now);
  }
}

TEST_F(VerifiedTokensTest, a_remembered_token_is_valid_exactly_as_long_as_it_is) {
  const std::string token = issue("a@example.com");
  ASSERT_TRUE(tokens.verify(token, forge_now));
  const Duration ttl = std::chrono::minutes(30);
  const Duration tick(1);
  for (const Duration after : {-token_clock_leeway - tick, -token_clock_leeway, Duration(0),
                               ttl - tick, ttl, ttl + token_life_max}) {
    expect_same(token, forge_now + after);
  }
}

TEST_F(VerifiedTokensTest, a_token_that_was_not_valid_yet_is_so_later) {
  const std::string token = issue("a@example.com");
  EXPECT_FALSE(tokens.verify(token, forge_now - token_clock_leeway - Duration(1)));
  EXPECT_TRUE(tokens.verify(token, forge_now));
}

TEST_F(VerifiedTokensTest, a_token_that_differs_anywhere_is_another) {
  const std::string token = issue("a@example.com");
  ASSERT_TRUE(tokens.verify(token, forge_now));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.verify(other, forge_now)) << i;
  }
  EXPECT_FALSE(tokens.verify(token + "A", forge_now));
  EXPECT_FALSE(tokens.verify(token.substr(0, token.size() - 1), forge_now));
  EXPECT_FALSE(tokens.verify("", forge_now));
}

TEST_F(VerifiedTokensTest, strangers_tokens_are_not_remembered) {
  const TokenSigner other("another secret, as long as it has to be", std::chrono::minutes(30));
  const std::string token = other.issue("a@example.com", UserId(7), forge_now);
  EXPECT_FALSE(tokens.verify(token, forge_now));
  EXPECT_FALSE(tokens.verify("x.y.z", forge_now));
  EXPECT_EQ(tokens.size(), 0U);
}

TEST_F(VerifiedTokensTest, forgets_the_one_that_was_not_used_for_longest_and_verifies_it_again) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(issue(std::to_string(i) + "@example.com"));
  for (const auto& token : all) expect_same(token, forge_now);
  EXPECT_EQ(tokens.size(), 3U);
  for (const auto& token : all) expect_same(token, forge_now);
  EXPECT_EQ(tokens.size(), 3U);
}

}  // namespace
}  // namespace boxoffice::http::auth
