#include "http/auth/primitives.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace boxoffice::http::auth {
namespace {

TEST(HmacSha256, gives_the_answers_of_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), {"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", {"what do ya ", "", "want for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               {"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Base64, gives_the_answers_of_rfc_4648) {
  EXPECT_EQ(to_base64("", Base64::standard), "");
  EXPECT_EQ(to_base64("f", Base64::standard), "Zg==");
  EXPECT_EQ(to_base64("fo", Base64::standard), "Zm8=");
  EXPECT_EQ(to_base64("foobar", Base64::standard), "Zm9vYmFy");
  EXPECT_EQ(to_base64("f", Base64::url), "Zg");
  EXPECT_EQ(to_base64("\xFB\xFF", Base64::standard), "+/8=");
  EXPECT_EQ(to_base64("\xFB\xFF", Base64::url), "-_8");
}

TEST(Base64, reads_back_what_it_wrote) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(from_base64(to_base64(bytes, Base64::standard), Base64::standard), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes, Base64::url), Base64::url), bytes);
    bytes += static_cast<char>(i);
  }
}

TEST(Base64, refuses_every_other_spelling) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zg==Zg==", "Zh==", "Zm9=", "Zm8", "Z", "Z===",
                           "=", "====", " Zg==", "Zg== ", "Zg==\n", "Zm9v\nYmFy", "-_8=", "Zm*v"}) {
    EXPECT_FALSE(from_base64(text, Base64::standard)) << text;
  }
  for (const char* text : {"Zg==", "Zg=", "Zh", "Zm9", "Z", "+/8", " Zg", "Zg ", "Z g"}) {
    EXPECT_FALSE(from_base64(text, Base64::url)) << text;
  }
}

TEST(Base64, has_no_digits_beyond_its_alphabet) {
  for (const auto variant : {Base64::standard, Base64::url}) {
    const std::string alphabet =
        std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") +
        (variant == Base64::url ? "-_" : "+/");
    for (int byte = 0; byte < 256; ++byte) {
      const std::string text{'Z', static_cast<char>(byte), '9', 'v'};
      const bool is_digit = alphabet.find(static_cast<char>(byte)) != std::string::npos;
      EXPECT_EQ(from_base64(text, variant).has_value(), is_digit) << byte;
    }
  }
}

TEST(EqualInConstantTime, compares_all_bytes_and_the_length) {
  Mac mac{};
  mac.back() = 1;
  std::string text(32, '\0');
  EXPECT_FALSE(equal_in_constant_time(mac, text));
  text.back() = 1;
  EXPECT_TRUE(equal_in_constant_time(mac, text));
  EXPECT_FALSE(equal_in_constant_time(mac, text + "x"));
  EXPECT_FALSE(equal_in_constant_time(mac, std::string_view(text).substr(0, 31)));
  EXPECT_FALSE(equal_in_constant_time(mac, ""));
}

}  // namespace
}  // namespace boxoffice::http::auth
