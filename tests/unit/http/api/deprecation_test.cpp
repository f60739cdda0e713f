#include "http/api/deprecation.h"

#include <gtest/gtest.h>

#include <string>

#include "http/api/endpoint.h"
#include "http/api/wire.h"

namespace boxoffice::http::api {
namespace {

constexpr Deprecation old_way{
    .since = Date{2030, 1, 1}, .until = Date{2031, 1, 1}, .link = "/docs/api-policy"};

Task<Response> answer(Call&) { co_return json_response(Health{"fine"}); }

// A row as it would stand in the table.
Endpoint row(std::optional<Deprecation> deprecated) {
  return endpoint<Health>("GET", "/old", Who::anyone, answer,
                          {.name = "old", .tag = "service", .deprecated = deprecated});
}

std::string text_of(const Response& response, std::string_view name) {
  return std::string(response.headers.find(name).value_or("(none)"));
}

std::string document_of(const Endpoint& endpoint) {
  openapi::Components components;
  return openapi::build_document({}, {endpoint.describe(components)}, components);
}

TEST(Deprecation, is_announced_by_every_answer_of_the_row) {
  Response response;
  row(old_way).announce_to(response);
  EXPECT_EQ(text_of(response, "Deprecation"), "@1893456000");               // RFC 9745
  EXPECT_EQ(text_of(response, "Sunset"), "Wed, 01 Jan 2031 00:00:00 GMT");  // RFC 8594
  EXPECT_EQ(text_of(response, "Link"), R"(</docs/api-policy>; rel="deprecation")");
}

TEST(Deprecation, may_have_no_end_yet) {
  Response response;
  row(Deprecation{.since = Date{2030, 1, 1}}).announce_to(response);
  EXPECT_EQ(text_of(response, "Deprecation"), "@1893456000");
  EXPECT_EQ(text_of(response, "Sunset"), "(none)");
  EXPECT_EQ(text_of(response, "Link"), "(none)");
}

TEST(Deprecation, is_not_announced_by_others) {
  Response response;
  row(std::nullopt).announce_to(response);
  EXPECT_TRUE(response.headers.lines().empty());
}

TEST(Deprecation, is_in_the_document) {
  const std::string document = document_of(row(old_way));
  EXPECT_NE(document.find(R"("deprecated":true)"), std::string::npos);
  EXPECT_NE(document.find(R"("Sunset":{"$ref":"#/components/headers/Sunset"})"), std::string::npos);
  const std::string other = document_of(row(std::nullopt));
  EXPECT_EQ(other.find("deprecated"), std::string::npos);
  EXPECT_EQ(other.find("Sunset"), std::string::npos);
}

}  // namespace
}  // namespace boxoffice::http::api
