// Payment callbacks: what is taken was signed, whole, with our secret, just now.
//
// Lines: id, timestamp, signature; the rest is the body. A signature of "!" stands for the right
// one, so that the fuzzer gets past it.
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/auth/webhook.h"
#include "tests/fuzz/input.h"

namespace boxoffice::tests::fuzz {
namespace {

namespace auth = http::auth;

constexpr Instant now{1'614'265'330'000'000};

const auth::WebhookVerifier& verifier() {
  static const auto made =
      auth::WebhookVerifier::from_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  return made.value();
}

void is_recent(std::string_view timestamp) {
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  promised(error == std::errc() && end == timestamp.data() + timestamp.size() && seconds >= 0,
           "a timestamp is a number");
  const std::int64_t age = now.us / 1'000'000 - seconds;
  promised(age <= 300 && age >= -300, "a callback is not older than five minutes");
}

}  // namespace
}  // namespace boxoffice::tests::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace boxoffice::tests::fuzz;
  Input input(data, size);
  boxoffice::http::auth::WebhookHeaders headers;
  headers.id = input.line();
  headers.timestamp = input.line();
  const std::string_view given = input.line();
  const std::string right = verifier().sign(headers, input.rest());
  const bool is_right = given == "!";
  headers.signature = is_right ? std::string_view(right) : given;

  const bool taken = verifier().verify(headers, input.rest(), now);
  if (!taken) return 0;
  promised(headers.signature.find(right) != std::string_view::npos, "what is taken was signed");
  promised(!headers.id.empty() && headers.id.find('.') == std::string_view::npos,
           "an id cannot run into the timestamp");
  is_recent(headers.timestamp);
  if (!is_right) return 0;
  const std::string longer = std::string(input.rest()) + "x";
  promised(!verifier().verify(headers, longer, now), "a signature is of the whole body");
  return 0;
}
