#include "http/server/response_bytes.h"

#include <gtest/gtest.h>

namespace boxoffice::http {
namespace {

using namespace std::string_literals;

constexpr ResponseFraming plain{.date = "D"};

std::string head_of(const Response& response, const ResponseFraming& framing) {
  std::string out;
  append_head(out, response, framing);
  return out;
}

TEST(ResponseBytes, are_exactly_these) {
  Response response{.status = 404, .body = "{}"};
  response.headers.add("X-Read-Seq", "7");
  EXPECT_EQ(head_of(response, plain),
            "HTTP/1.1 404 Not Found\r\nServer: boxoffice\r\nDate: D\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\nX-Read-Seq: 7\r\n\r\n");
}

TEST(ResponseBytes, say_how_the_connection_goes_on) {
  const auto says = [](const ResponseFraming& framing, std::string_view line) {
    return head_of({}, framing).find(line) != std::string::npos;
  };
  EXPECT_TRUE(says({.close = true, .date = "D"}, "\r\nConnection: close\r\n"));
  EXPECT_TRUE(says({.keep_alive = true, .date = "D"}, "\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(says(plain, "Connection"));
}

TEST(ResponseBytes, have_neither_body_nor_length_for_204_and_304) {
  for (const int status : {204, 304}) {
    const Response response{.status = status, .body = "ignored"};
    EXPECT_FALSE(has_body(response, false));
    EXPECT_EQ(head_of(response, plain).find("Content-"), std::string::npos);
  }
}

TEST(ResponseBytes, count_a_shared_body) {
  Response response;
  response.body = "not this";
  response.shared_body = std::make_shared<const std::string>("this");
  EXPECT_NE(head_of(response, plain).find("Content-Length: 4\r\n"), std::string::npos);
}

TEST(ResponseBytes, refuse_whatever_could_split) {
  EXPECT_TRUE(is_sendable({}));
  for (const std::string& value : {"a\rb"s, "a\nb"s, "a\0b"s}) {
    Response response;
    response.headers.add("X", value);
    EXPECT_FALSE(is_sendable(response));
    EXPECT_FALSE(is_sendable({.content_type = value}));
  }
  Response named;
  named.headers.add("X Y", "1");
  EXPECT_FALSE(is_sendable(named));
  EXPECT_FALSE(is_sendable({.status = 101}));
  EXPECT_FALSE(is_sendable({.status = 600}));
}

TEST(HttpDate, is_the_example_of_rfc_9110) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(1709164799), "Wed, 28 Feb 2024 23:59:59 GMT");
}

}  // namespace
}  // namespace boxoffice::http
