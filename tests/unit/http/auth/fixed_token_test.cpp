#include "http/auth/fixed_token.h"

#include <gtest/gtest.h>

#include <string>

namespace boxoffice::http::auth {
namespace {

TEST(FixedToken, is_itself_and_nothing_else) {
  const std::string secret = "0123456789abcdef";
  const FixedToken token(secret);
  EXPECT_TRUE(token.is(secret));
  for (const std::string& other : {std::string(), secret + "0", secret.substr(1),
                                   std::string("0123456789abcdeF"), secret + '\0'}) {
    EXPECT_FALSE(token.is(other)) << other;
  }
}

TEST(FixedToken, one_that_is_not_set_is_nobodys) { EXPECT_FALSE(FixedToken("").is("")); }

}  // namespace
}  // namespace boxoffice::http::auth
