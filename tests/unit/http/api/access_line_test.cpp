#include "http/api/access_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "http/json/parse.h"

namespace boxoffice::http::api {
namespace {

using namespace std::chrono_literals;

constexpr Instant noon{1'718'452'800'123'456};  // 2024-06-15T12:00:00.123456Z

std::string line(const AccessRecord& record, LineStyle style = LineStyle::json) {
  std::string out;
  append_access_line(out, record, style);
  return out;
}

AccessRecord lock() {
  return {.time = noon,
          .request_id = "ab-1",
          .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
          .address = "192.0.2.1",
          .user = UserId(7),
          .method = "POST",
          .route = "/api/shows/{show_id}/seats",
          .path = "/api/shows/5/seats",
          .query = "format=x&limit=3",
          .status = 200,
          .bytes = 12,
          .duration = 1'234us,
          .reason = {}};
}

TEST(AccessLine, is_one_json_object) {
  EXPECT_EQ(line(lock()),
            R"({"time":"2024-06-15T12:00:00.123456Z","level":"info","message":"request",)"
            R"("request_id":"ab-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
            R"("address":"192.0.2.1","user_id":7,"method":"POST",)"
            R"("route":"/api/shows/{show_id}/seats","path":"/api/shows/5/seats",)"
            R"("query":"format&limit","status":200,"bytes":12,"duration_ms":1.234})"
            "\n");
}

TEST(AccessLine, is_plain_for_people) {
  AccessRecord record = lock();
  record.reason = "malformed request";
  record.cut_off = true;
  EXPECT_EQ(line(record, LineStyle::plain),
            "2024-06-15T12:00:00.123456Z info request request_id=ab-1 "
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 address=192.0.2.1 user_id=7 method=POST "
            "route=/api/shows/{show_id}/seats path=/api/shows/5/seats query=format&limit "
            "status=200 bytes=12 duration_ms=1.234 reason=\"malformed request\" cut_off=true\n");
}

TEST(AccessLine, leaves_out_what_could_be_secret) {
  AccessRecord record = lock();
  record.path = "/api/users/jane%40example.com/bookings/jane@example.com";
  record.query = "token=s3cr3t&s3cr3t&email=jane@example.com&S3CR3T=1&limit";
  const std::string text = line(record);
  EXPECT_EQ(text.find("s3cr3t"), std::string::npos) << text;
  EXPECT_EQ(text.find("S3CR3T"), std::string::npos) << text;
  EXPECT_EQ(text.find("jane"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("path":"/api/users/[left out]/bookings/[left out]")"), std::string::npos);
  EXPECT_NE(text.find(R"("query":"token&?&email&?&limit")"), std::string::npos);
}

TEST(AccessLine, is_the_same_of_the_little_that_is_kept) {
  const std::string long_path =
      "/a@b/" + std::string(100, 'x') + "/c%40d/" + std::string(8'000, 'y');
  std::string long_query = "token=" + std::string(3'000, 'z');
  for (int i = 0; i < 500; ++i) long_query += "&limit=1";
  const std::string long_method(10'000, 'M');
  for (const std::string& path : {std::string("/api/movies"), std::string("/a@b"), long_path}) {
    for (const std::string& query : {std::string(), std::string("a=1&B"), long_query}) {
      for (const std::string& method : {std::string("GET"), long_method}) {
        AccessRecord whole = lock();
        whole.path = path;
        whole.query = query;
        whole.method = method;
        const std::string shown_path = shown_of_path(path);
        const std::string shown_query = shown_of_query(query);
        const std::string shown_method = shown_of_method(method);
        EXPECT_LE(shown_path.size() + shown_query.size() + shown_method.size(), 300u);
        AccessRecord kept = whole;
        kept.path = shown_path;
        kept.query = shown_query;
        kept.method = shown_method;
        EXPECT_EQ(line(kept), line(whole));
      }
    }
  }
}

TEST(AccessLine, of_a_slow_request_names_the_slowest_stage) {
  const std::array<StageTime, 3> stages{{{"queue", 10us}, {"log", 800ms}, {"fold", 20us}}};
  std::string out;
  append_slow_line(out, lock(), stages, LineStyle::json);
  EXPECT_NE(out.find(R"("level":"warning","message":"slow request","slowest":"log")"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find(R"("stages_ms":{"queue":0.010,"log":800.000,"fold":0.020}})"),
            std::string::npos)
      << out;
}

std::string random_bytes(std::mt19937_64& random) {
  std::string out(random() % 600, '\0');
  for (char& c : out) {
    // Half of them such as could end a line, a text or speak to a terminal.
    constexpr std::string_view likely("\r\n\"\\\x1b[2J{}:,\0\x7f\x80\xff/@%&=", 21);
    c = random() % 2 == 0 ? likely[random() % likely.size()] : static_cast<char>(random());
  }
  return out;
}

TEST(AccessLine, is_one_sound_line_whatever_clients_send) {
  std::mt19937_64 random(4711);
  for (int i = 0; i < 3'000; ++i) {
    std::array<std::string, 8> texts;
    for (auto& text : texts) text = random_bytes(random);
    const AccessRecord record{.time = noon,
                              .request_id = texts[0],
                              .trace_id = texts[1],
                              .address = texts[2],
                              .method = texts[3],
                              .route = texts[4],
                              .path = texts[5],
                              .query = texts[6],
                              .status = static_cast<int>(random() % 600),
                              .bytes = random(),
                              .duration = std::chrono::microseconds(random() % 1'000'000'000),
                              .cut_off = random() % 2 == 0,
                              .reason = texts[7]};
    const std::array<StageTime, 2> stages{{{"queue", 10us}, {"log", 800ms}}};
    for (const LineStyle style : {LineStyle::json, LineStyle::plain}) {
      std::string slow;
      append_slow_line(slow, record, stages, style);
      for (const std::string& text : {line(record, style), slow}) {
        ASSERT_LT(text.size(), 4'096U);
        ASSERT_EQ(text.find('\n'), text.size() - 1);
        ASSERT_TRUE(std::all_of(text.begin(), text.end() - 1, [](char c) {
          return c >= 0x20 && c < 0x7F;
        })) << text;
        if (style == LineStyle::json) {
          ASSERT_TRUE(json::parse(std::string_view(text).substr(0, text.size() - 1)).has_value())
              << text;
        }
      }
    }
  }
}

}  // namespace
}  // namespace boxoffice::http::api
