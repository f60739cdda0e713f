#include "http/server/field_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace boxoffice::http {
namespace {

using namespace std::string_literals;

TEST(FieldLines, are_laid_out_as_they_are_sent) {
  FieldLines fields;
  EXPECT_EQ(fields.lines(), "");
  fields.add("ETag", "\"1\"");
  fields.add("X-Empty", "");
  fields.add("Vary", "Origin");
  EXPECT_EQ(fields.lines(), "\r\nETag: \"1\"\r\nX-Empty: \r\nVary: Origin");
}

TEST(FieldLines, are_found_by_their_whole_name_in_any_case) {
  FieldLines fields;
  fields.add("Retry-After", "1");
  fields.add("Link", "<a>; rel=\"next\"");
  fields.add("Link", "b: c");
  fields.add("X-Empty", "");
  EXPECT_EQ(fields.find("retry-AFTER"), "1");
  EXPECT_EQ(fields.find("Link"), "<a>; rel=\"next\"") << "the first of two";
  EXPECT_EQ(fields.find("X-Empty"), "");
  for (const char* missing : {"Retry", "Retry-After-", "b", "1", "", "rel"}) {
    EXPECT_FALSE(fields.has(missing)) << missing;
  }
  EXPECT_FALSE(FieldLines().has("Link"));
}

TEST(FieldLines, are_taken_away_all_of_a_name) {
  FieldLines fields;
  for (const char* name : {"A", "B", "a", "C"}) fields.add(name, name);
  fields.remove("A");
  EXPECT_EQ(fields.lines(), "\r\nB: B\r\nC: C");
  fields.remove("A");
  fields.remove("C");
  EXPECT_EQ(fields.lines(), "\r\nB: B");
  fields.remove("b");
  EXPECT_EQ(fields.lines(), "");
}

TEST(FieldLines, leave_framing_to_the_server) {
  FieldLines fields;
  for (const char* name : {"content-length", "Transfer-Encoding", "CONNECTION", "Date", "server"}) {
    fields.add(name, "forged");
  }
  EXPECT_EQ(fields.lines(), "");
  EXPECT_TRUE(fields.is_sound());
}

TEST(FieldLines, never_hold_what_could_split_an_answer) {
  for (const std::string& value : {"a\rb"s, "a\nb"s, "a\0b"s, "\r\nSet-Cookie: evil=1"s}) {
    FieldLines fields;
    fields.add("X", value);
    EXPECT_FALSE(fields.is_sound());
    EXPECT_EQ(fields.lines(), "");
    fields.add("Y", "1");
    EXPECT_FALSE(fields.is_sound()) << "once is enough";
  }
  for (const std::string& name : {""s, "X Y"s, "X:"s, "X\r\nY"s, "X\0"s}) {
    FieldLines fields;
    fields.add(name, "1");
    EXPECT_FALSE(fields.is_sound());
    EXPECT_EQ(fields.lines(), "");
  }
}

}  // namespace
}  // namespace boxoffice::http
