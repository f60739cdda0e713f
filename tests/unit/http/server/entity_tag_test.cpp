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
  answer_if_changed("", first);
  ASSERT_EQ(first.status, 200);
  const std::string tag = *first.headers.find("ETag");
  for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    Response again = answer("[]");
    answer_if_changed(known, again);
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_TRUE(again.payload().empty());
    EXPECT_TRUE(again.content_type.empty());
    EXPECT_EQ(*again.headers.find("ETag"), tag);
  }
  Response other = answer("[1]");
  answer_if_changed(tag, other);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.body, "[1]");
}

TEST(EntityTagTest, what_a_client_has_may_stand_in_several_lines) {
  Headers headers;
  EXPECT_EQ(known_tags(headers), "");
  headers.set("If-None-Match", "\"a\"");
  headers.set("Accept", "\"c\"");
  headers.set("if-none-match", "\"b\"");
  EXPECT_EQ(known_tags(headers), "\"a\", \"b\"");
}

TEST(EntityTagTest, a_tag_of_the_handlers_own_is_kept) {
  Response response = answer("[]");
  response.headers.set("ETag", "\"42-1\"");
  answer_if_changed("\"42-1\"", response);
  EXPECT_EQ(response.status, 304);
}

TEST(EntityTagTest, errors_and_streams_have_none) {
  Response missing = answer("{}");
  missing.status = 404;
  Response streamed;
  streamed.stream = std::make_shared<Stream>(Stream::Options{});
  for (Response* response : {&missing, &streamed}) {
    const int status = response->status;
    answer_if_changed("*", *response);
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(response->headers.find("ETag"), nullptr);
  }
}

}  // namespace
}  // namespace boxoffice::http
