#include "http/json/write.h"

#include "http/json/issue.h"
#include "http/json/parse.h"
#include "http/json/types.h"

#include <gtest/gtest.h>

#include <limits>

namespace boxoffice::http::json {
namespace {

BOOST_DEFINE_ENUM_CLASS(Colour, red, dark_green)

struct Inner {
  std::string name;
  std::optional<int> size;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, size))

struct Empty {};
BOOST_DESCRIBE_STRUCT(Empty, (), ())

struct Everything {
  std::string text = "a\"b";
  bool yes = true;
  std::int32_t small = -5;
  std::uint64_t large = std::numeric_limits<std::uint64_t>::max();
  MovieId id{7};
  Money price{1250};
  Instant at{1'718'481'600'123'456};
  Date day{2024, 6, 5};
  TimeOfDay time{72'000};
  Uuid uuid = *parse_uuid("3f2b8c1e-0000-4000-8000-00000000000a");
  Colour colour = Colour::dark_green;
  std::optional<std::string> nothing;
  std::vector<SeatId> seats{SeatId(1), SeatId(2)};
  std::vector<Inner> inners{{"x", 1}, {"y", std::nullopt}};
  std::shared_ptr<const Inner> shared = std::make_shared<Inner>(Inner{"s", 2});
  std::shared_ptr<const Inner> null;
  Empty empty;
  std::vector<bool> none;
  Int<0, 9> digit = 4;
  Text<1, 5> word = "five";
  NonNegativeMoney fee{Money{5}};
  std::string_view view = "v";
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (text, yes, small, large, id, price, at, day, time, uuid, colour, nothing,
                       seats, inners, shared, null, empty, none, digit, word, fee, view))

TEST(Write, writes_members_in_order_each_in_its_form) {
  EXPECT_EQ(to_json(Everything{}),
            R"({"text":"a\"b","yes":true,"small":-5,"large":18446744073709551615,"id":7,)"
            R"("price":12.5,"at":"2024-06-15T20:00:00.123456Z","day":"2024-06-05",)"
            R"("time":"20:00:00","uuid":"3f2b8c1e-0000-4000-8000-00000000000a",)"
            R"("colour":"dark_green","nothing":null,"seats":[1,2],)"
            R"("inners":[{"name":"x","size":1},{"name":"y","size":null}],)"
            R"("shared":{"name":"s","size":2},"null":null,"empty":{},"none":[],"digit":4,)"
            R"("word":"five","fee":0.05,"view":"v"})");
}

TEST(Write, appends_to_what_is_there) {
  std::string out = "[";
  write(out, 1);
  EXPECT_EQ(out, "[1");
}

TEST(Write, escapes_what_json_asks_and_passes_the_rest) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80";
  const std::string text = to_json(all);
  const Parsed parsed = parse(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().root().as_text(), all);
  EXPECT_EQ(to_json(std::string("\x01\x1F\x7F\b\f\n\r\t\"\\/é")),
            "\"\\u0001\\u001f\x7F\\b\\f\\n\\r\\t\\\"\\\\/é\"");
}

TEST(Write, agrees_with_base_on_money_and_time) {
  for (const std::int64_t cents : {0L, 1L, 9L, 10L, 99L, 100L, 1250L, 1500L, 1375L, -1L, -1250L,
                                   999'999'999'999L, money_max.cents}) {
    EXPECT_EQ(to_json(Money{cents}), to_string(Money{cents}));
  }
  for (const std::int64_t us : {0L, 1L, -1L, 86'399'999'999L, 1'718'481'600'000'000L,
                                951'782'400'000'010L, -62'135'596'800'000'000L}) {
    EXPECT_EQ(to_json(Instant{us}), "\"" + to_string(Instant{us}) + "\"");
  }
  EXPECT_EQ(to_json(Date{1, 1, 1}), "\"0001-01-01\"");
  EXPECT_EQ(to_json(Date{9999, 12, 31}), "\"9999-12-31\"");
  EXPECT_EQ(to_json(TimeOfDay{86'399}), "\"23:59:59\"");
}

TEST(Write, writes_numbers_that_read_back_equal) {
  EXPECT_EQ(to_json(0.1), "0.1");
  EXPECT_EQ(to_json(1.0), "1.0");
  EXPECT_EQ(to_json(-0.0), "-0.0");
  EXPECT_EQ(to_json(1e300), "1e+300");
  EXPECT_EQ(to_json(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(IssueList, is_written_as_fastapi_writes_it) {
  const Issues issues{
      {"missing", {"body", "title"}, "Field required", "{}"},
      {"too_short", {"body", "seat_ids", std::int64_t{0}}, "x", "[]", R"({"min_length":1})"}};
  EXPECT_EQ(to_json(issues),
            R"([{"type":"missing","loc":["body","title"],"msg":"Field required","input":{}},)"
            R"({"type":"too_short","loc":["body","seat_ids",0],"msg":"x","input":[],)"
            R"("ctx":{"min_length":1}}])");
}

}  // namespace
}  // namespace boxoffice::http::json
