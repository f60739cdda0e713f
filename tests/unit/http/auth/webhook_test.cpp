#include "http/auth/webhook.h"

#include <gtest/gtest.h>

#include <string>

namespace boxoffice::http::auth {
namespace {

// The known answer of the Standard Webhooks libraries.
constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view other_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
constexpr std::string_view body = R"({"test": 2432232314})";
constexpr WebhookHeaders message = {
    .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
    .timestamp = "1614265330",
    .signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
constexpr Instant sent{1'614'265'330'000'000};

WebhookVerifier verifier_with(std::string_view secrets) {
  return WebhookVerifier::from_secrets(secrets).value();
}

bool accepts(const WebhookHeaders& headers, std::string_view with_body = body) {
  return verifier_with(secret).verify(headers, with_body, sent);
}

WebhookHeaders with_signature(std::string_view signature) {
  return {message.id, message.timestamp, signature};
}

/// The message with another id or timestamp, signed correctly.
struct Signed {
  explicit Signed(WebhookHeaders h) : headers(h) {
    signature = verifier_with(secret).sign(h, body);
    headers.signature = signature;
  }
  Signed(const Signed&) = delete;
  std::string signature;
  WebhookHeaders headers;
};

TEST(Webhook, gives_the_known_answer) {
  EXPECT_TRUE(accepts(message));
  EXPECT_EQ(verifier_with(secret).sign(message, body), message.signature);
}

TEST(Webhook, refuses_a_message_that_was_changed) {
  EXPECT_FALSE(accepts(message, R"({"test": 2432232315})"));
  EXPECT_FALSE(accepts(message, R"({"test":2432232314})"));
  EXPECT_FALSE(accepts(message, ""));
  EXPECT_FALSE(accepts({"msg_other", message.timestamp, message.signature}));
  EXPECT_FALSE(accepts({message.id, "1614265331", message.signature}));
}

TEST(Webhook, is_valid_for_five_minutes_in_either_direction) {
  const WebhookVerifier verifier = verifier_with(secret);
  EXPECT_TRUE(verifier.verify(message, body, sent + webhook_age_max));
  EXPECT_FALSE(verifier.verify(message, body, sent + webhook_age_max + Duration(1)));
  EXPECT_TRUE(verifier.verify(message, body, sent - webhook_age_max));
  EXPECT_FALSE(verifier.verify(message, body, sent - webhook_age_max - Duration(1)));
}

TEST(Webhook, any_one_of_several_signatures_is_enough) {
  const std::string good(message.signature);
  const std::string wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  EXPECT_TRUE(accepts(with_signature(wrong + " " + good)));
  EXPECT_TRUE(accepts(with_signature(good + " " + wrong)));
  EXPECT_TRUE(accepts(with_signature("v1a,xyz v2,abc  " + good)));
  EXPECT_FALSE(accepts(with_signature(wrong + " " + wrong)));
}

TEST(Webhook, refuses_signatures_that_are_not_exactly_v1_and_base64) {
  const std::string good(message.signature);
  const std::string mac = good.substr(3);
  for (const std::string& signature :
       {std::string(), std::string(" "), std::string("v1"), std::string("v1,"), mac, "V1," + mac,
        "v2," + mac, "v1a," + mac, "v1, " + mac, "v1=" + mac, good.substr(0, good.size() - 1),
        good + "=", good + "\n", good + "," + good, good.substr(0, 20)}) {
    EXPECT_FALSE(accepts(with_signature(signature))) << signature;
  }
}

// 288230377765977074 is 1614265330 + 2^58: in microseconds, 64 bits wrap around to the same time.
TEST(Webhook, refuses_strange_timestamps_even_when_they_are_signed) {
  for (const std::string_view timestamp :
       {"", " 1614265330", "1614265330 ", "+1614265330", "-1614265330", "1614265330.0", "1.6e9",
        "0x60379AF2", "1614265330000", "288230377765977074", "99999999999999999999",
        "١٦١٤٢٦٥٣٣٠"}) {
    const Signed altered({message.id, timestamp, {}});
    EXPECT_FALSE(accepts(altered.headers)) << timestamp;
  }
}

TEST(Webhook, refuses_strange_ids_even_when_they_are_signed) {
  const std::string longest(255, 'a');
  EXPECT_TRUE(accepts(Signed({longest, message.timestamp, {}}).headers));
  const std::string too_long(256, 'a');
  for (const std::string_view id :
       {std::string_view(), std::string_view("a b"), std::string_view("msg.1"),
        std::string_view("msg\n"), std::string_view("é"), std::string_view(too_long)}) {
    EXPECT_FALSE(accepts(Signed({id, message.timestamp, {}}).headers)) << id;
  }
}

TEST(Webhook, the_border_between_id_timestamp_and_body_cannot_be_moved) {
  // The signed text is the same: "a.1614265330.1614265330.{}".
  const WebhookVerifier verifier = verifier_with(secret);
  const WebhookHeaders original{"a", "1614265330", {}};
  const std::string signature = verifier.sign(original, "1614265330.{}");
  EXPECT_TRUE(verifier.verify({"a", "1614265330", signature}, "1614265330.{}", sent));
  EXPECT_FALSE(verifier.verify({"a.1614265330", "1614265330", signature}, "{}", sent));
}

TEST(Webhook, while_a_secret_is_rotated_both_are_good) {
  const std::string both = std::string(other_secret) + " " + std::string(secret);
  const WebhookVerifier rotating = verifier_with(both);
  EXPECT_TRUE(rotating.verify(message, body, sent));
  EXPECT_EQ(rotating.sign(message, body), verifier_with(other_secret).sign(message, body));
  EXPECT_FALSE(verifier_with(other_secret).verify(message, body, sent));
  EXPECT_TRUE(verifier_with(std::string(other_secret) + "," + std::string(secret))
                  .verify(message, body, sent));
}

TEST(Webhook, without_a_secret_nothing_is_accepted) {
  const WebhookVerifier verifier = verifier_with("");
  EXPECT_FALSE(verifier.has_secret());
  EXPECT_FALSE(verifier.verify(message, body, sent));
}

TEST(Webhook, refuses_malformed_secrets_without_quoting_them) {
  const std::string too_long = "whsec_" + std::string(88, 'A');
  for (const std::string_view bad :
       {std::string_view("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), std::string_view("whsec_"),
        std::string_view("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa"), std::string_view("whsec_!!!!"),
        std::string_view("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), std::string_view(too_long),
        std::string_view("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_x")}) {
    const auto verifier = WebhookVerifier::from_secrets(bad);
    ASSERT_FALSE(verifier) << bad;
    EXPECT_EQ(verifier.error().text.find("MfKQ"), std::string::npos);
  }
}

}  // namespace
}  // namespace boxoffice::http::auth
