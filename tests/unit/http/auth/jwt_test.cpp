#include "http/auth/jwt.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/http/auth/token_forge.h"

namespace boxoffice::http::auth {
namespace {

constexpr Instant at_seconds(std::int64_t seconds) { return Instant{seconds * 1'000'000}; }

TokenSigner signer_of(std::string secret) {
  return TokenSigner(std::move(secret), std::chrono::minutes(30));
}

TEST(Jwt, a_token_says_whose_it_is_and_until_when) {
  const TokenSigner signer = signer_of(forge_secret);
  const Instant now{1'800'000'000'999'999};
  const auto claims = signer.verify(signer.issue("user@example.com", UserId(7), now), now);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "user@example.com");
  EXPECT_EQ(claims->user_id, UserId(7));
  EXPECT_EQ(claims->issued_at, at_seconds(1'800'000'000));
  EXPECT_EQ(claims->expires_at, at_seconds(1'800'000'000 + 30 * 60));
}

TEST(Jwt, a_token_expires_at_its_second_and_not_before) {
  const TokenSigner signer = signer_of(forge_secret);
  const std::string token = signer.issue("user@example.com", UserId(1), forge_now);
  const Instant end = forge_now + std::chrono::minutes(30);
  EXPECT_TRUE(signer.verify(token, end - Duration(1)));
  EXPECT_FALSE(signer.verify(token, end));
  EXPECT_FALSE(signer.verify(token, end + std::chrono::hours(24)));
}

TEST(Jwt, a_token_of_a_clock_that_is_a_minute_ahead_is_accepted) {
  const TokenSigner signer = signer_of(forge_secret);
  const std::string token = signer.issue("user@example.com", UserId(1), forge_now);
  EXPECT_TRUE(signer.verify(token, forge_now - token_clock_leeway));
  EXPECT_FALSE(signer.verify(token, forge_now - token_clock_leeway - Duration(1)));
}

TEST(Jwt, an_address_with_quotes_and_other_alphabets_survives) {
  const TokenSigner signer = signer_of(forge_secret);
  const std::string email = "\"a\\b\"jörg@example.com";
  const auto claims = signer.verify(signer.issue(email, UserId(1), forge_now), forge_now);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, email);
}

TEST(Jwt, two_tokens_of_one_second_differ) {
  const TokenSigner signer = signer_of(forge_secret);
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(signer.issue("a@b.c", UserId(1), forge_now));
  EXPECT_EQ(tokens.size(), 100u);
}

TEST(Jwt, older_secrets_still_verify_but_do_not_sign) {
  const TokenSigner before = signer_of("the old secret");
  const TokenSigner after("the new secret", std::chrono::minutes(30), {"the old secret"});
  const std::string old_token = before.issue("a@b.c", UserId(1), forge_now);
  const std::string new_token = after.issue("a@b.c", UserId(1), forge_now);
  EXPECT_TRUE(after.verify(old_token, forge_now));
  EXPECT_TRUE(after.verify(new_token, forge_now));
  EXPECT_FALSE(before.verify(new_token, forge_now));
  EXPECT_FALSE(signer_of("the new secret").verify(old_token, forge_now));
}

TEST(Jwt, a_missing_typ_and_issuer_are_accepted) {
  const TokenSigner signer = signer_of(forge_secret);
  EXPECT_TRUE(signer.verify(forge_header(R"({ "alg" : "HS256" })"), forge_now));
  const auto claims = signer.verify(
      forge_payload(R"({"sub":"u","exp":1800000100,"iat":1800000060,"jti":"1"})"), forge_now);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->subject, "u");
  EXPECT_FALSE(claims->user_id);
  EXPECT_EQ(claims->issued_at, at_seconds(1'800'000'060));
}

TEST(Jwt, a_token_of_ours_names_its_issuer) {
  const TokenSigner signer = signer_of(forge_secret);
  const std::string token = signer.issue("user@example.com", UserId(7), forge_now);
  const std::size_t first = token.find('.') + 1;
  const auto payload = from_base64(token.substr(first, token.rfind('.') - first), Base64::url);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->rfind(R"({"iss":"boxoffice","sub":"user@example.com","uid":7,)", 0), 0u);
  EXPECT_TRUE(
      signer.verify(forge_payload(R"({"iss":"boxoffice","sub":"u","exp":1800000100})"), forge_now));
}

TEST(Jwt, the_longest_life_that_can_be_set_is_accepted) {
  const TokenSigner signer(forge_secret, std::chrono::hours(365 * 24));
  const std::string token = signer.issue("user@example.com", UserId(7), forge_now);
  EXPECT_TRUE(signer.verify(token, forge_now));
  EXPECT_TRUE(signer.verify(token, forge_now - token_clock_leeway));
  EXPECT_FALSE(signer.verify(token, forge_now - token_clock_leeway - Duration(1)));
}

// Made with nothing of ours, by Python 3:
//   b = lambda x: base64.urlsafe_b64encode(x).rstrip(b"=")
//   h = b(b'{"typ":"JWT","alg":"HS256"}'); p = b(json.dumps(claims).encode())
//   h + b"." + p + b"." + b(hmac.new(key.encode(), h + b"." + p, hashlib.sha256).digest())
TEST(Jwt, verifies_tokens_of_an_independent_implementation) {
  const auto plain = signer_of("kühler Schlüssel, 0123456789 abcdefghij")
                         .verify(
                             "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."
                             "eyJzdWIiOiAidXNlckBleGFtcGxlLmNvbSIsICJleHAiOiAxOTAwMDAwMDAwfQ."
                             "Ej_haa9NQzbEKKE1ykT8jUpBxwsqxf3kVV6K0DEuv4U",
                             at_seconds(1'899'990'000));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->subject, "user@example.com");
  EXPECT_EQ(plain->expires_at, at_seconds(1'900'000'000));
  EXPECT_FALSE(plain->issued_at);

  // A key longer than SHA-256's block, which HMAC hashes first.
  const auto long_key =
      signer_of(std::string(100, 'x'))
          .verify(
              "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."
              "eyJzdWIiOiAiasO2cmdAZXhhbXBsZS5jb20iLCAidWlkIjogNywgImlhdCI6IDE4MDAwMDAwMDAs"
              "ICJuYmYiOjE4MDAwMDAwMDAsICJleHAiOiAxOTAwMDAwMDAwLCAianRpIjogIjEifQ."
              "t1lwH6m9JMhegvyYjqvCQ3DV4gSET5cLpt8IIRHjrnY",
              at_seconds(1'899'990'000));
  ASSERT_TRUE(long_key);
  EXPECT_EQ(long_key->subject, "jörg@example.com");
  EXPECT_EQ(long_key->user_id, UserId(7));
}

TEST(JwtDeathTest, nobody_signs_with_an_empty_secret) {
  EXPECT_DEATH(signer_of(""), "empty secret");
  EXPECT_DEATH(TokenSigner("new", std::chrono::minutes(1), {""}), "empty secret");
}

}  // namespace
}  // namespace boxoffice::http::auth
