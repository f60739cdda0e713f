#include <gtest/gtest.h>

#include "http/auth/jwt.h"

namespace boxoffice::http::auth {
namespace {

TEST(BearerToken, the_scheme_is_read_in_any_case) {
  EXPECT_EQ(bearer_token("Bearer abc.def.ghi"), "abc.def.ghi");
  EXPECT_EQ(bearer_token("bearer abc"), "abc");
  EXPECT_EQ(bearer_token("BEARER abc"), "abc");
  EXPECT_EQ(bearer_token("bEaReR abc"), "abc");
}

TEST(BearerToken, any_number_of_spaces_follows_the_scheme) {
  EXPECT_EQ(bearer_token("Bearer    abc"), "abc");
}

TEST(BearerToken, everything_else_is_none) {
  for (const char* value :
       {"", " ", "Bearer", "Bearer ", "Bearer   ", "Bearerabc", "Bearer\tabc", " Bearer abc",
        "Basic dXNlcjpwYXNz", "Bear abc", "Bearer:abc", "abc", "Bearer abc def", "Bearer abc ",
        "Bearer abc\tdef", "Token abc", "Bearers abc"}) {
    EXPECT_FALSE(bearer_token(value)) << "\"" << value << "\"";
  }
}

}  // namespace
}  // namespace boxoffice::http::auth
