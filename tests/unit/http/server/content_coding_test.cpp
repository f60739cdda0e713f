#include "http/server/content_coding.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <initializer_list>
#include <memory>
#include <random>
#include <string>

#include "http/server/stream.h"

namespace boxoffice::http {
namespace {

std::string gunzip(const std::string& bytes, std::size_t size_max) {
  std::string out(size_max, '\0');
  std::size_t size = 0;
  libdeflate_decompressor* made = libdeflate_alloc_decompressor();
  EXPECT_EQ(
      libdeflate_gzip_decompress(made, bytes.data(), bytes.size(), out.data(), out.size(), &size),
      LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(made);
  out.resize(size);
  return out;
}

Response answer(std::size_t size, std::string_view content_type = "application/json") {
  Response response;
  response.content_type = content_type;
  response.body = std::string(size, 'x');
  response.headers.add("ETag", "\"1\"");
  return response;
}

Headers accepting(std::initializer_list<const char*> values) {
  Headers headers;
  for (const char* value : values) headers.add("accept-encoding", value);
  return headers;
}

TEST(ContentCodingTest, gzip_is_taken_when_the_client_says_so) {
  EXPECT_FALSE(accepts_gzip({}));
  for (const char* yes : {"gzip", "GZIP", "x-gzip", "deflate, gzip;q=1.0, *;q=0.5", "br,gzip", "*",
                          "gzip ; q=0.001", "*;q=0, gzip", " gzip "}) {
    EXPECT_TRUE(accepts_gzip(accepting({yes}))) << yes;
  }
  for (const char* no : {"", "identity", "br, deflate", "gzip;q=0", "gzip; q=0.000", "*;q=0",
                         "gzip;q=0, *", "gzipped", "not gzip", ",;,"}) {
    EXPECT_FALSE(accepts_gzip(accepting({no}))) << no;
  }
  EXPECT_TRUE(accepts_gzip(accepting({"br", "gzip"})));
}

TEST(ContentCodingTest, any_bytes_come_back_as_they_were) {
  std::mt19937 random(7);
  for (const std::size_t size : {0, 1, 100, 1'024, 70'000, 1'000'000}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % (size % 3 == 0 ? 256 : 4));
    EXPECT_EQ(gunzip(gzip(bytes), size + 1), bytes) << size;
  }
}

TEST(ContentCodingTest, a_large_answer_is_compressed_under_a_weak_tag) {
  Response response = answer(coded_bytes_min);
  ASSERT_TRUE(choose_gzip(true, response));
  gzip_body(response);
  EXPECT_EQ(gunzip(response.body, 2'000), std::string(coded_bytes_min, 'x'));
  EXPECT_EQ(*response.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(*response.headers.find("ETag"), "W/\"1\"");
  EXPECT_EQ(*response.headers.find("Vary"), "Accept-Encoding");
}

TEST(ContentCodingTest, whoever_does_not_take_it_is_told_that_others_do) {
  Response response = answer(coded_bytes_min);
  EXPECT_FALSE(choose_gzip(false, response));
  EXPECT_EQ(*response.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(*response.headers.find("ETag"), "\"1\"");
}

TEST(ContentCodingTest, what_is_short_or_no_text_or_an_error_or_goes_on_is_left_alone) {
  Response failed = answer(5'000);
  failed.status = 404;
  Response streamed = answer(0, "text/event-stream");
  streamed.stream = std::make_shared<Stream>(Stream::Options{});
  Response small = answer(coded_bytes_min - 1);
  Response picture = answer(5'000, "image/png");
  for (Response* response : {&failed, &streamed, &small, &picture}) {
    EXPECT_FALSE(choose_gzip(true, *response)) << response->content_type;
    EXPECT_FALSE(response->headers.has("Vary"));
    EXPECT_EQ(*response->headers.find("ETag"), "\"1\"");
  }
}

TEST(ContentCodingTest, a_body_that_came_compressed_is_not_compressed_again) {
  Response response = answer(10);
  response.headers.add("Content-Encoding", "gzip");
  ASSERT_TRUE(choose_gzip(true, response));
  gzip_body(response);
  EXPECT_EQ(response.body, std::string(10, 'x'));
}

}  // namespace
}  // namespace boxoffice::http
