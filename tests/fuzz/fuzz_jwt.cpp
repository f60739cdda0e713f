// Access tokens: nothing that we did not sign is taken, and little of what we would sign.
//
// A first byte that is even: the rest is a token. Odd: a header in one line, then the payload; both
// are signed with our key, so that the fuzzer sees what is behind the signature.
#include <string>
#include <string_view>

#include "http/auth/jwt.h"
#include "http/auth/primitives.h"
#include "http/json/parse.h"
#include "tests/fuzz/input.h"

namespace boxoffice::tests::fuzz {
namespace {

namespace auth = http::auth;
namespace json = http::json;

const std::string secret = "a key that only this test knows, 32 bytes";
constexpr Instant now{1'700'000'000'000'000};

const auth::TokenSigner& signer() {
  static const auth::TokenSigner made(secret, std::chrono::minutes(30));
  return made;
}

std::string signed_with_our_key(std::string_view header, std::string_view payload) {
  const std::string text = auth::to_base64(header, auth::Base64::url) + "." +
                           auth::to_base64(payload, auth::Base64::url);
  const auth::Mac mac = auth::hmac_sha256(secret, {text});
  return text + "." +
         auth::to_base64({reinterpret_cast<const char*>(mac.data()), mac.size()},
                         auth::Base64::url);
}

bool is_text(const json::Value& object, std::string_view name, std::string_view text) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->kind() == json::Value::Kind::text && value->as_text() == text;
}

// By another parser than the verifier's way to it.
void says_what_was_read(std::string_view header, std::string_view payload,
                        const auth::Claims& claims) {
  const json::Parsed head = json::parse(header);
  const json::Parsed body = json::parse(payload);
  promised(head.has_value() && body.has_value(), "a token is JSON");
  promised(is_text(head.value().root(), "alg", "HS256"), "HS256 is the one algorithm");
  promised(head.value().root().find("crit") == nullptr, "nothing critical is overlooked");
  promised(is_text(body.value().root(), "sub", claims.subject), "a token is its subject's");
  const json::Value* expires = body.value().root().find("exp");
  promised(expires != nullptr && expires->kind() == json::Value::Kind::integer,
           "a token's end is an integer");
  promised(expires->as_integer() == claims.expires_at.us / 1'000'000, "a token ends as it says");
  promised(now < claims.expires_at, "a token is over at its end");
}

}  // namespace
}  // namespace boxoffice::tests::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace boxoffice::tests::fuzz;
  Input input(data, size);
  if (input.byte() % 2 == 0) {
    const auto token = boxoffice::http::auth::bearer_token(input.rest());
    promised(!token || !signer().verify(*token, now), "a signature cannot be guessed");
    promised(!signer().verify(input.rest(), now), "a signature cannot be guessed");
    return 0;
  }
  const std::string_view header = input.line();
  const auto claims = signer().verify(signed_with_our_key(header, input.rest()), now);
  if (claims) says_what_was_read(header, input.rest(), *claims);
  return 0;
}
