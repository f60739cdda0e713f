#include "http/server/guard.h"

#include <gtest/gtest.h>

namespace boxoffice::http {
namespace {

std::size_t end_of(std::string_view bytes) { return HeadScan().find_end(bytes); }

TEST(HeadScan, finds_the_empty_line) {
  EXPECT_EQ(end_of("GET / HTTP/1.1\r\n\r\nbody"), 18u);
  EXPECT_EQ(end_of("GET / HTTP/1.1\r\nA: b\r\n\r\n"), 24u);
  EXPECT_EQ(end_of("GET / HTTP/1.1\r\nA: b\r\n\r"), 0u);
  EXPECT_EQ(end_of(""), 0u);
}

TEST(HeadScan, finds_it_at_the_same_place_when_bytes_come_one_by_one) {
  const std::string_view bytes = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\nrest";
  HeadScan scan;
  std::size_t size = 0;
  std::size_t seen = 0;
  while (size == 0) size = scan.find_end(bytes.substr(0, ++seen));
  EXPECT_EQ(size, 30u);
  EXPECT_EQ(seen, 30u);
}

TEST(HeadScan, refuses_bare_line_feeds_and_folded_lines) {
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nA: b\n", "\n", "GET / HTTP/1.1\r\n\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n"}) {
    HeadScan scan;
    EXPECT_EQ(scan.find_end(bytes), 0u);
    EXPECT_TRUE(scan.refusal()) << bytes;
  }
}

TEST(Guard, judges_heads_that_no_parser_has_cleaned) {
  const ServerLimits limits;
  const auto refused = [&](Headers headers) {
    headers.add("Host", "h");
    return refuse_head({"GET", "/", 11, std::move(headers)}, limits).has_value();
  };
  EXPECT_FALSE(refused({}));
  EXPECT_TRUE(refused({{{"X Y", "1"}}}));
  EXPECT_TRUE(refused({{{"", "1"}}}));
  EXPECT_TRUE(refused({{{"X", "a\r\nb"}}}));
  EXPECT_TRUE(refused({{{"X", std::string("a\0b", 3)}}}));
  EXPECT_TRUE(refused({{{"Transfer-Encoding", " chunked"}}}));
  EXPECT_TRUE(refuse_head({"GET", "/", 9, {}}, limits));
  EXPECT_TRUE(refuse_head({"G T", "/", 10, {}}, limits));
  EXPECT_TRUE(refuse_head({"GET", "", 10, {}}, limits));
}

TEST(Guard, tells_other_versions_from_nonsense) {
  EXPECT_EQ(refuse_request_line("GET / HTTP/3.0").status, 505);
  EXPECT_EQ(refuse_request_line("GET / HTTP/1.1x").status, 400);
  EXPECT_EQ(refuse_request_line("GET / HTTP/1.1").status, 400);
  EXPECT_EQ(refuse_request_line("GET").status, 400);
}

TEST(Guard, reads_tokens_in_lists) {
  EXPECT_TRUE(has_token("close", "close"));
  EXPECT_TRUE(has_token("a, \tCLOSE ,b", "close"));
  EXPECT_FALSE(has_token("closed", "close"));
  EXPECT_FALSE(has_token("", "close"));
  EXPECT_FALSE(has_token("a,,b", "close"));
}

TEST(Headers, finds_the_first_of_a_name_without_case) {
  const Headers headers{{{"A", "1"}, {"content-TYPE", "x"}, {"Content-Type", "y"}}};
  ASSERT_NE(headers.find("Content-Type"), nullptr);
  EXPECT_EQ(*headers.find("Content-Type"), "x");
  EXPECT_EQ(headers.find("Content"), nullptr);
}

}  // namespace
}  // namespace boxoffice::http
