#include "http/api/document_parts.h"

#include <string>
#include <vector>

#include "http/api/problems.h"
#include "http/api/responses.h"
#include "http/json/write.h"

namespace boxoffice::http::api {

namespace {

using json::ObjectWriter;

struct Tag {
  std::string name;
  std::string description;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (name, description))

std::vector<Tag> tags() {
  return {
      {"service", "Whether the server is well, and what its errors mean."},
      {"movies", "What is shown."},
      {"theatres", "Where it is shown."},
      {"shows", "When it is shown, and the seats of each show."},
      {"reports", "What was sold, and what happened."},
      {"seats", "To hold seats and give them back."},
      {"bookings", "To book seats that are free or held."},
      {"users", "Accounts, and access tokens."},
      {"payments", "To pay a booking; what the payment gateway says."},
      {"admin", "How the server is; its read models."},
      {"events", "The log of everything that happened."},
  };
}

// The headers that requests may have.
std::string request_headers() {
  std::string out;
  ObjectWriter all(out);
  const auto add = [&](std::string_view name, std::string_view schema, std::string_view text) {
    ObjectWriter(all.begin(name))
        .member("name", name)
        .member("in", std::string_view("header"))
        .member("required", false)
        .raw_member("schema", schema)
        .member("description", text)
        .end();
  };
  add("Idempotency-Key", R"({"type":"string","minLength":1,"maxLength":255})",
      "Makes the request safe to repeat: the same key with the same request gets the first answer, "
      "and nothing is done twice. A random UUID is a good one.");
  add("X-Min-Seq", R"({"type":"integer","minimum":0})",
      "A position, from X-Event-Seq or X-Read-Seq of another answer: the answer waits until it "
      "can show at least that.");
  add("If-None-Match", R"({"type":"string"})",
      "The ETag of an answer that the client has: 304 when it has not changed.");
  add("Last-Event-ID", R"({"type":"string"})",
      "The id of the last event that came on a stream, to go on after it.");
  add("X-Request-Id", R"({"type":"string","maxLength":64})",
      "A name for this request, answered and kept with what it caused: letters, digits and - _ .");
  add("traceparent", R"({"type":"string"})",
      "The caller's trace (W3C Trace Context); kept with what the request caused.");
  all.end();
  return out;
}

// The headers of answers.
std::string answer_headers() {
  std::string out;
  ObjectWriter all(out);
  const auto add = [&](std::string_view name, std::string_view schema, std::string_view text) {
    ObjectWriter(all.begin(name)).member("description", text).raw_member("schema", schema).end();
  };
  constexpr std::string_view text = R"({"type":"string"})";
  constexpr std::string_view position = R"({"type":"integer","minimum":0})";
  constexpr std::string_view seconds = R"({"type":"integer","minimum":1})";
  add("X-Request-Id", text, "The request's name; tell it to the operator when something is wrong.");
  add("traceparent", text,
      "The server's step of the caller's trace, or of a new one (W3C Trace Context).");
  add("X-Event-Seq", position, "The position of the command's last event in the log.");
  add("X-Read-Seq", position, "The position that the answer shows.");
  add("X-Next-After", position, "Where the next page begins.");
  add("ETag", text, "Names what the answer shows, for If-None-Match.");
  add("Link", text, R"(The next page: <address>; rel="next". Not on the last page.)");
  add("Idempotency-Replayed", R"({"type":"string","enum":["true"]})",
      "The answer is that of the first request with this Idempotency-Key.");
  add("Retry-After", seconds, "After so many seconds it is worth to try again.");
  add("RateLimit", text, "How much of the limit is left.");
  add("RateLimit-Policy", text, "What the limit is.");
  add("WWW-Authenticate", text, "How to authenticate: Bearer.");
  add("Deprecation", text, "Since when this operation is deprecated (RFC 9745).");
  add("Sunset", text, "Until when it answers at least (RFC 8594).");
  all.end();
  return out;
}

// What no operation foresees: refused before it is known which operation it is for.
std::string other_responses() {
  using enum ProblemCode;
  std::vector<std::string_view> codes;
  for (const ProblemCode code :
       {request_timeout, content_too_large, uri_too_long, expectation_failed,
        header_fields_too_large, not_implemented, http_version_not_supported}) {
    codes.push_back(kind_of(code).name);
  }
  const auto refused = openapi::problem(0, {}, codes);
  std::string out;
  ObjectWriter all(out);
  ObjectWriter one(all.begin("Refused"));
  one.member("description",
             std::string_view("Refused before it is known which operation it is for: too large, "
                              "too slow, or not what this server speaks."));
  one.raw_member("content", openapi::content_of(refused));
  one.end();
  all.end();
  return out;
}

std::string problem_body(ProblemCode code) {
  if (code == ProblemCode::idempotency_key_reused) return key_reused().body;
  if (code != ProblemCode::validation_failed) return problem(code).body;
  return validation_failed({{.type = "missing",
                             .loc = {std::string("body"), std::string("password")},
                             .msg = "Field required",
                             .input = R"({"email":"user@example.com"})"}})
      .body;
}

// An answer of every kind of error, by its code.
std::string problem_examples() {
  std::string out;
  ObjectWriter all(out);
  for (const ProblemKind& kind : problem_kinds()) {
    ObjectWriter(all.begin(kind.name))
        .member("summary", kind.title)
        .raw_member("value", problem_body(kind.code))
        .end();
  }
  all.end();
  return out;
}

constexpr std::string_view security_schemes =
    R"({)"
    R"("HTTPBearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT",)"
    R"("description":"The access_token that registering and logging in answer."},)"
    R"("WebhookSignature":{"type":"apiKey","in":"header","name":"webhook-signature",)"
    R"("description":"The payment gateway's signature, as Standard Webhooks has it: )"
    R"(v1,base64(HMAC-SHA256(id.timestamp.body)), with webhook-id and webhook-timestamp )"
    R"((within 300 seconds). Demanded in production."},)"
    R"("MetricsToken":{"type":"http","scheme":"bearer",)"
    R"("description":"METRICS_TOKEN, a fixed token for a monitoring system."}})";

}  // namespace

openapi::Info document_info() {
  return {.title = "Movie Booking API",
          .version = BOXOFFICE_VERSION,
          .description =
              "Browse movies and shows, lock seats, book and pay.\n\nEvery error has a stable "
              "`code`; its page is at `/problems/{code}`. Commands answer with X-Event-Seq, reads "
              "with X-Read-Seq: positions in the log of everything that happened.",
          .license = R"({"name":"Apache 2.0","identifier":"Apache-2.0"})",
          .servers = R"([{"url":"/","description":"This server."}])",
          .tags = json::to_json(tags()),
          .request_headers = request_headers(),
          .headers = answer_headers(),
          .responses = other_responses(),
          .examples = problem_examples(),
          .security_schemes = std::string(security_schemes)};
}

}  // namespace boxoffice::http::api
