#include "http/json/email.h"

#include <gtest/gtest.h>

#include <string>

namespace boxoffice::http::json {
namespace {

std::string outcome(std::string_view text) {
  const auto parsed = parse_email(text);
  if (const auto* email = std::get_if<Email>(&parsed)) return *email;
  return "! " + std::get<BadEmail>(parsed).reason;
}

std::string repeat(char c, std::size_t n) { return std::string(n, c); }

TEST(ParseEmail, accepts_addresses_and_lowers_the_domain_only) {
  EXPECT_EQ(outcome("test@example.com"), "test@example.com");
  EXPECT_EQ(outcome("John.Doe+x@Example.COM"), "John.Doe+x@example.com");
  EXPECT_EQ(outcome("  a@x.co\n"), "a@x.co");
  EXPECT_EQ(outcome("o'brien_#1@sub.ex-ample.org"), "o'brien_#1@sub.ex-ample.org");
  EXPECT_EQ(outcome("\xC3\xA9@x.com"), "\xC3\xA9@x.com");
  EXPECT_EQ(outcome(repeat('a', 64) + "@x.com"), repeat('a', 64) + "@x.com");
  EXPECT_EQ(outcome("a@" + repeat('x', 63) + ".com"), "a@" + repeat('x', 63) + ".com");
}

TEST(ParseEmail, gives_the_reasons_of_email_validator) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "An email address must have an @-sign."},
      {"plain", "An email address must have an @-sign."},
      {"@x.com", "There must be something before the @-sign."},
      {"a@", "There must be something after the @-sign."},
      {"a b@x.com", "The email address contains invalid characters before the @-sign: SPACE."},
      {"<a@x.com", "The email address contains invalid characters before the @-sign: '<'."},
      {"\"a\"@x.com", "The email address contains invalid characters before the @-sign: '\"'."},
      {".a@x.com", "An email address cannot start with a period."},
      {"a.@x.com", "An email address cannot have a period immediately before the @-sign."},
      {"a..b@x.com", "An email address cannot have two periods in a row."},
      {"a@b@x.com", "The part after the @-sign contains invalid characters: '@'."},
      {"a@x_y.com", "The part after the @-sign contains invalid characters: '_'."},
      {"a@[1.2.3.4]", "The part after the @-sign contains invalid characters: '['."},
      {"a@.x.com", "An email address cannot have a period immediately after the @-sign."},
      {"a@x.com.", "An email address cannot end with a period."},
      {"a@x..com", "An email address cannot have two periods in a row."},
      {"a@-x.com", "An email address cannot have a hyphen immediately after the @-sign."},
      {"a@x.com-", "An email address cannot end with a hyphen."},
      {"a@x-.com", "An email address cannot have a period and a hyphen next to each other."},
      {"a@x.-y.com", "An email address cannot have a period and a hyphen next to each other."},
      {"a@localhost", "The part after the @-sign is not valid. It should have a period."},
      {"a@1.2.3.4",
       "The part after the @-sign is not valid. It is not within a valid top-level domain."},
      {repeat('a', 65) + "@x.com",
       "The email address is too long before the @-sign (1 character too many)."},
      {"a@" + repeat('x', 65) + ".com",
       "After the @-sign, periods cannot be separated by so many characters "
       "(2 characters too many)."},
      {repeat('a', 60) + "@" + repeat('x', 60) + "." + repeat('y', 60) + "." + repeat('z', 60) +
           "." + repeat('w', 20) + ".com",
       "The email address is too long (14 characters too many)."},
      {std::string("a\0b@x.com", 9),
       "The email address contains invalid characters before the @-sign: "
       "a character that is not printable ASCII."},
  };
  for (const auto& [text, reason] : rows) EXPECT_EQ(outcome(text), "! " + reason) << text;
}

}  // namespace
}  // namespace boxoffice::http::json
