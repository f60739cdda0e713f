// What is JSON and what is not (RFC 8259), and where we say that it is broken.
#include "http/json/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace boxoffice::http::json {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string repeat(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

constexpr std::string_view accepted[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "42",
    "1.0",
    "-1.5",
    "0.1",
    "1e2",
    "1E2",
    "1e+2",
    "1e-2",
    "1.5e10",
    "0e0",
    "0.0e-0",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "1e308",
    "1e-400",
    "123456789.123456789123456789",
    "\"\"",
    "\"a\"",
    "\"\\u0061\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uFFFF\"",
    "\"\\uD7FF\"",
    "\"\\uE000\"",
    "\"\xF0\x9F\x98\x80\"",
    "\"\xC3\xA9\"",
    "\"\xE2\x82\xAC\"",
    "\"\xED\x9F\xBF\"",
    "\"\xEE\x80\x80\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\x7F\"",
    "\"/\"",
    "\"'\"",
    "\"a,b:[]{}\"",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[[]]",
    "[[],[]]",
    "[null,true,\"\"]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{ \"a\" : 1 }",
    "{\"a\":1,\"b\":2}",
    "{\"\":0}",
    "{\"a\":{\"a\":1}}",
    "{\"a\":{},\"b\":{}}",
    "{\"A\":1,\"a\":2}",
    "[{\"a\":1},{\"a\":2}]",
    "{\"\\u0061\":1}",
    " 1 ",
    "\t\n\r 1",
    "1\n",
    "{\"a\\u0000\":1,\"a\":2}",
    "[1,\n2]",
    "-0.0",
    "-0e+1",
    "123e65",
    "1E+00002",
    "1e-10000",
    "0.1e000000000000000000000000000000000000001",
    "-123.456e-7",
    "\"\xE2\x80\xA8\"",      // a line separator, which JavaScript once refused
    "\"\xEF\xBF\xBE\"",      // a noncharacter
    "\"\xF4\x8F\xBF\xBF\"",  // the last code point
    "\"\\uDBFF\\uDFFF\"",
    "\"\\u2028\\u2029\"",
    "\"\\\\u0000\"",  // an escaped backslash, then letters
    "\"\\\\\\\"\"",
    "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
    "\r\n{\t\"a\"\n:\r1 }\r\n",
    "{\"a\":[{\"a\":[{\"a\":null}]}]}",
    "{\"\xF0\x9F\x98\x80\":1}",
    "{\"a.b\":1,\"a\":{\"b\":2}}",
};

TEST(Parse, accepts_what_rfc_8259_calls_json) {
  for (const std::string_view text : accepted) {
    const Parsed parsed = parse(text);
    EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().reason);
  }
}

struct Refused {
  std::string_view text;
  std::size_t offset;
  std::string_view reason;
};

constexpr std::string_view value = "Expecting value";
constexpr std::string_view name = "Expecting property name enclosed in double quotes";
constexpr std::string_view comma = "Expecting ',' delimiter";
constexpr std::string_view extra = "Extra data";
constexpr std::string_view surrogate = "Invalid \\uXXXX escape, unpaired surrogate";
constexpr std::string_view repeated = "Repeated property name";

// Offsets and reasons are Python's where Python refuses the text.
constexpr Refused refused[] = {
    {" ", 1, value},
    {"nul", 0, value},
    {"NULL", 0, value},
    {"nan", 0, value},
    {"fals", 0, value},
    {"[nul]", 1, value},
    {"[truE]", 1, value},
    {"\f1", 0, value},
    {"[\f]", 1, value},
    {"[1\v]", 2, comma},
    {"\xC2\xA0"
     "1",
     0, value},
    {"[1,\xE2\x80\xA8"
     "2]",
     3, value},
    {"\xFE\xFF\0{"sv, 0, value},
    {"\xFF\xFE{\0"sv, 0, value},
    {"{\0}\0"sv, 1, name},
    {"[1\0]"sv, 2, comma},
    {"\0"sv, 0, value},
    {"--1", 0, value},
    {"-a", 0, value},
    {"1.2.3", 3, extra},
    {"1e1.5", 3, extra},
    {"1e-", 1, extra},
    {"0e", 1, extra},
    {"00", 1, extra},
    {"-.1", 0, value},
    {"1,", 1, extra},
    {"[1:2]", 2, comma},
    {"[\"a\":1]", 4, comma},
    {"[1,\n", 4, value},
    {"[[]", 3, comma},
    {"[]]", 2, extra},
    {"{\"a\":1}}", 7, extra},
    {"{\"a\"::1}", 5, value},
    {"{\"a\":1 2}", 7, comma},
    {"{\"a\":1,,}", 7, name},
    {"{\"a\" b:1}", 5, "Expecting ':' delimiter"},
    {"{null:1}", 1, name},
    {"{[1]:1}", 1, name},
    {"{\"a\":/**/1}", 5, value},
    {"#1", 0, value},
    {"<1>", 0, value},
    {"\"\\a\"", 1, "Invalid \\escape"},
    {"\"\\\n\"", 1, "Invalid \\escape"},
    {"\"\\x00\"", 1, "Invalid \\escape"},
    {"\"\\u\"", 2, "Invalid \\uXXXX escape"},
    {"\"\\u00A\"", 2, "Invalid \\uXXXX escape"},
    {"\"\\u 041\"", 2, "Invalid \\uXXXX escape"},
    {"\"\x1F\"", 1, "Invalid control character at"},
    {"\"\x7F\x00\"", 0, "Unterminated string starting at"},
    {"nulll", 4, extra},
    {"True", 0, value},
    {"NaN", 0, value},
    {"Infinity", 0, value},
    {"-Infinity", 0, value},
    {"undefined", 0, value},
    {"'a'", 0, value},
    {"+1", 0, value},
    {"-", 0, value},
    {"- 1", 0, value},
    {"01", 1, extra},
    {"-01", 2, extra},
    {"1.", 1, extra},
    {".5", 0, value},
    {"1.e1", 1, extra},
    {"1e", 1, extra},
    {"1e+", 1, extra},
    {"0x10", 1, extra},
    {"1_000", 1, extra},
    {"1 2", 2, extra},
    {"{}{}", 2, extra},
    {"{}x", 2, extra},
    {"{} ,", 3, extra},
    {"1e400", 0, "Number out of range"},
    {"-1e400", 0, "Number out of range"},
    {"[18446744073709551616]", 1, "Number out of range"},
    {"[-9223372036854775809]", 1, "Number out of range"},
    {"[99999999999999999999999999]", 1, "Number out of range"},
    {"[", 1, value},
    {"]", 0, value},
    {"[1", 2, comma},
    {"[1,", 3, value},
    {"[1,]", 3, value},
    {"[,1]", 1, value},
    {"[1,,2]", 3, value},
    {"[1 2]", 3, comma},
    {"[1}", 2, comma},
    {"{", 1, name},
    {"}", 0, value},
    {"{\"a\"", 4, "Expecting ':' delimiter"},
    {"{\"a\" 1}", 5, "Expecting ':' delimiter"},
    {"{\"a\",1}", 4, "Expecting ':' delimiter"},
    {"{\"a\":", 5, value},
    {"{\"a\":}", 5, value},
    {"{\"a\":1", 6, comma},
    {"{\"a\":1,", 7, name},
    {"{\"a\":1,}", 7, name},
    {"{,\"a\":1}", 1, name},
    {"{a:1}", 1, name},
    {"{1:1}", 1, name},
    {"{'a':1}", 1, name},
    {"{\"a\":1]", 6, comma},
    {"{\"a\":1 \"b\":2}", 7, comma},
    {"[1] // comment", 4, extra},
    {"/* */ 1", 0, value},
    {"\"abc", 0, "Unterminated string starting at"},
    {"\"abc\\", 0, "Unterminated string starting at"},
    {"\"\\\"", 0, "Unterminated string starting at"},
    {"[\"abc", 1, "Unterminated string starting at"},
    {"\"a\x01\"", 2, "Invalid control character at"},
    {"\"a\nb\"", 2, "Invalid control character at"},
    {"\"\t\"", 1, "Invalid control character at"},
    {"\"a\0\""sv, 2, "Invalid control character at"},
    {"1\0"sv, 1, extra},
    {"\"\\x\"", 1, "Invalid \\escape"},
    {"\"\\'\"", 1, "Invalid \\escape"},
    {"\"\\u12\"", 2, "Invalid \\uXXXX escape"},
    {"\"\\u12G4\"", 2, "Invalid \\uXXXX escape"},
    {"\"\\u-123\"", 2, "Invalid \\uXXXX escape"},
    {"\"\\U0061\"", 1, "Invalid \\escape"},
    {"\"\\uD800\"", 2, surrogate},
    {"\"\\uDBFFx\"", 2, surrogate},
    {"\"\\uDC00\"", 2, surrogate},
    {"\"\\uDFFF\\uD800\"", 2, surrogate},
    {"\"\\uD800\\uD800\"", 2, surrogate},
    {"\"\\uD800\\n\"", 2, surrogate},
    {"{\"\\uDC00\":1}", 3, surrogate},
    {"\"\x80\"", 1, "Invalid UTF-8"},
    {"\"\xFF\"", 1, "Invalid UTF-8"},
    {"\"\xC3\"", 1, "Invalid UTF-8"},
    {"\"\xC0\x80\"", 1, "Invalid UTF-8"},
    {"\"\xE0\x80\x80\"", 1, "Invalid UTF-8"},
    {"\"\xED\xA0\x80\"", 1, "Invalid UTF-8"},
    {"\"\xF0\x80\x80\x80\"", 1, "Invalid UTF-8"},
    {"\"\xF4\x90\x80\x80\"", 1, "Invalid UTF-8"},
    {"\"\xF8\x88\x80\x80\x80\"", 1, "Invalid UTF-8"},
    {"\"\xC3\xA9\x80\"", 2, "Invalid UTF-8"},
    {"\xEF\xBB\xBF{}", 0, value},
    {"{\"a\":1,\"a\":1}", 7, repeated},
    {"{\"a\":1,\"\\u0061\":2}", 7, repeated},
    {"{\"\":1,\"\":2}", 6, repeated},
    {"[0,{\"b\":{\"x\":1},\"a\":1,\"c\":2,\"a\":3}]", 28, repeated},
    {"{\"o\":{\"k\":1,\"k\":2}}", 12, repeated},
    {"{\"\xC3\xA9\":1,\"\xC3\xA9\":2}", 7, repeated},
};

TEST(Parse, refuses_everything_else_and_says_where_and_why) {
  for (const Refused& row : refused) {
    const Parsed parsed = parse(row.text);
    ASSERT_FALSE(parsed.has_value()) << row.text;
    EXPECT_EQ(parsed.error().reason, row.reason) << row.text;
    EXPECT_EQ(parsed.error().offset, row.offset) << row.text;
  }
}

TEST(Parse, counts_offsets_in_characters_not_bytes) {
  const Parsed parsed = parse("[\"\xC3\xA9\xF0\x9F\x98\x80\", oops]");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().offset, 7U);
}

TEST(Parse, nests_to_the_limit_and_no_deeper) {
  const auto arrays = [](std::size_t n) { return repeat("[", n) + repeat("]", n); };
  const auto objects = [](std::size_t n) { return repeat("{\"a\":", n) + "1" + repeat("}", n); };
  EXPECT_TRUE(parse(arrays(depth_max)));
  EXPECT_TRUE(parse(objects(depth_max)));
  for (const std::string& text : {arrays(depth_max + 1), objects(depth_max + 1), arrays(100'000),
                                  repeat("[", 100'000), objects(50'000)}) {
    const Parsed parsed = parse(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().reason, "Nested too deeply");
  }
}

TEST(Parse, finds_a_repeated_name_among_many) {
  std::string members = "{";
  for (int i = 0; i < 1000; ++i) members += "\"m" + std::to_string(i) + "\":{\"x\":[1]},";
  EXPECT_TRUE(parse(members + "\"last\":1}"));
  const Parsed parsed = parse(members + "\"m500\":1,\"m2\":1}");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, repeated);
  EXPECT_EQ(parsed.error().offset, members.size());
}

TEST(Parse, keeps_values_as_they_were_sent) {
  const std::string text =
      "{\"z\":[1,-2,18446744073709551615,1.5,1.0,1e300],\"a\":\"\\u00e9\\ud83d\\ude00\\u0000\\\"\","
      "\"n\":null,\"t\":true,\"o\":{\"f\":false},\"e\":[],\"m\":{}}";
  const Parsed parsed = parse(text);
  ASSERT_TRUE(parsed);
  std::string out;
  ASSERT_TRUE(write_value(out, parsed.value().root(), 1000));
  EXPECT_EQ(out,
            "{\"z\":[1,-2,18446744073709551615,1.5,1.0,1e+300],"
            "\"a\":\"\xC3\xA9\xF0\x9F\x98\x80\\u0000\\\"\","
            "\"n\":null,\"t\":true,\"o\":{\"f\":false},\"e\":[],\"m\":{}}");
}

TEST(Parse, gives_documents_that_outlive_the_next_parse) {
  const Parsed first = parse("{\"name\":\"first\"}");
  const Parsed second = parse("{\"name\":\"SECOND\"}");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first.value().root().find("name")->as_text(), "first");
}

TEST(Parse, writes_nothing_of_a_value_that_is_too_long) {
  const Parsed parsed = parse("[\"0123456789\",\"0123456789\"]");
  ASSERT_TRUE(parsed);
  std::string out = "before";
  EXPECT_FALSE(write_value(out, parsed.value().root(), 26));
  EXPECT_EQ(out, "before");
  EXPECT_TRUE(write_value(out, parsed.value().root(), 27));
}

}  // namespace
}  // namespace boxoffice::http::json
