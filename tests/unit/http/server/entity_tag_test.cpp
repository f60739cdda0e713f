#include "http/server/entity_tag.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "http/server/stream.h"

namespace boxoffice::http {
namespace {

Response answer(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

void tag_and_compare(std::string_view known, Response& response) {
  give_tag(response);
  answer_if_changed(known, response);
}

TEST(EntityTagTest, equal_bytes_alone_have_the_same_tag) {
  std::set<std::string> tags;
  for (const char* text : {"", "a", "b", "ab", "ba", "[]", "[ ]"}) {
    EXPECT_TRUE(tags.insert(entity_tag(text)).second) << text;
    EXPECT_EQ(entity_tag(text), entity_tag(std::string(text)));
    EXPECT_EQ(entity_tag(text).size(), 34U);
  }
}

TEST(EntityTagTest, an_answer_that_the_client_has_is_not_sent) {
  Response first = answer("[]");
  tag_and_compare("", first);
  ASSERT_EQ(first.status, 200);
  const std::string tag(*first.headers.find("ETag"));
  for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    Response again = answer("[]");
    tag_and_compare(known, again);
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_TRUE(again.payload().empty());
    EXPECT_TRUE(again.content_type.empty());
    EXPECT_EQ(*again.headers.find("ETag"), tag);
  }
  Response other = answer("[1]");
  tag_and_compare(tag, other);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.body, "[1]");
}

TEST(EntityTagTest, what_a_client_has_may_stand_in_several_lines) {
  Headers headers;
  EXPECT_EQ(known_tags(headers), "");
  headers.add("If-None-Match", "\"a\"");
  headers.add("Accept", "\"c\"");
  headers.add("if-none-match", "\"b\"");
  EXPECT_EQ(known_tags(headers), "\"a\", \"b\"");
}

TEST(EntityTagTest, a_tag_of_the_handlers_own_is_kept) {
  Response response = answer("[]");
  response.headers.add("ETag", "\"42-1\"");
  tag_and_compare("\"42-1\"", response);
  EXPECT_EQ(response.status, 304);
}

TEST(EntityTagTest, a_weak_tag_is_known_by_either_form) {
  for (const char* known : {"\"a\"", "W/\"a\""}) {
    Response response = answer("[]");
    response.headers.add("ETag", "W/\"a\"");
    response.headers.add("Content-Encoding", "gzip");
    tag_and_compare(known, response);
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(*response.headers.find("ETag"), "W/\"a\"");
    EXPECT_FALSE(response.headers.has("Content-Encoding"));
  }
}

TEST(EntityTagTest, errors_and_streams_have_none) {
  Response missing = answer("{}");
  missing.status = 404;
  Response streamed;
  streamed.stream = std::make_shared<Stream>(Stream::Options{});
  for (Response* response : {&missing, &streamed}) {
    const int status = response->status;
    tag_and_compare("*", *response);
    EXPECT_EQ(response->status, status);
    EXPECT_FALSE(response->headers.has("ETag"));
  }
}

}  // namespace
}  // namespace boxoffice::http
