// Whole bodies, queries and paths: what a client sees, byte for byte.
#include "http/json/decode.h"

#include "http/json/types.h"
#include "http/json/write.h"

#include <gtest/gtest.h>

#include <string>

namespace boxoffice::http::json {
namespace {

struct Movie {
  Text<1, 200> title;
  std::optional<Text<0, 2000>> description;
  Int<1, 1000> duration;
  Date release_date;
  Defaulted<Text<1, 20>> rating = "PG";
  Defaulted<Int<0, 100>> stars = 3;
};
BOOST_DESCRIBE_STRUCT(Movie, (), (title, description, duration, release_date, rating, stars))

struct Lock {
  ShowId show_id;
  List<SeatId, 1, 1000> seat_ids;
  Text<1, 200> user_session;
};
BOOST_DESCRIBE_STRUCT(Lock, (), (show_id, seat_ids, user_session))

struct Outer {
  Lock lock;
  std::vector<Lock> more;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (lock, more))

struct Search {
  std::string city;
  std::optional<Date> date;
  Defaulted<Int<0>> skip = 0;
  Defaulted<Int<0, 1000>> limit = 100;
};
BOOST_DESCRIBE_STRUCT(Search, (), (city, date, skip, limit))

template <class T>
std::string body(std::string_view text) {
  Issues issues;
  const auto decoded = decode_body<T>(text, issues);
  EXPECT_EQ(decoded.has_value(), issues.empty());
  return decoded ? to_json(*decoded) : to_json(issues);
}

template <class T>
std::string query(std::string_view text) {
  Issues issues;
  const auto decoded = decode_query<T>(text, issues);
  EXPECT_EQ(decoded.has_value(), issues.empty());
  return decoded ? to_json(*decoded) : to_json(issues);
}

TEST(DecodeBody, reads_members_in_any_order_and_ignores_strangers) {
  EXPECT_EQ(body<Movie>(R"({"release_date":"2019-04-26","id":9,"duration":"181","role":"admin",)"
                        R"("title":"Endgame"})"),
            R"({"title":"Endgame","description":null,"duration":181,)"
            R"("release_date":"2019-04-26","rating":"PG","stars":3})");
}

TEST(DecodeBody, takes_null_for_an_optional_member_but_not_for_a_defaulted_one) {
  EXPECT_EQ(body<Movie>(R"({"title":"A","description":null,"duration":1,)"
                        R"("release_date":"2019-04-26","rating":null,"stars":null})"),
            R"([{"type":"string_type","loc":["body","rating"],)"
            R"("msg":"Input should be a valid string","input":null},)"
            R"({"type":"int_type","loc":["body","stars"],)"
            R"("msg":"Input should be a valid integer","input":null}])");
}

TEST(DecodeBody, tells_all_issues_in_the_order_of_the_members) {
  EXPECT_EQ(body<Movie>(R"({"release_date":"x","duration":1.5})"),
            R"([{"type":"missing","loc":["body","title"],"msg":"Field required",)"
            R"("input":{"release_date":"x","duration":1.5}},)"
            R"({"type":"int_from_float","loc":["body","duration"],)"
            R"("msg":"Input should be a valid integer, got a number with a fractional part",)"
            R"("input":1.5},)"
            R"({"type":"date_from_datetime_parsing","loc":["body","release_date"],)"
            R"("msg":"Input should be a valid date or datetime, input is too short","input":"x",)"
            R"("ctx":{"error":"input is too short"}}])");
}

TEST(DecodeBody, numbers_the_items_of_lists) {
  EXPECT_EQ(body<Lock>(R"({"show_id":"1","seat_ids":[1,"x",3,null],"user_session":"s"})"),
            R"([{"type":"int_parsing","loc":["body","seat_ids",1],)"
            R"("msg":"Input should be a valid integer, unable to parse string as an integer",)"
            R"("input":"x"},{"type":"int_type","loc":["body","seat_ids",3],)"
            R"("msg":"Input should be a valid integer","input":null}])");
}

TEST(DecodeBody, descends_into_structs_and_lists_of_structs) {
  EXPECT_EQ(body<Outer>(R"({"lock":5,"more":[{"show_id":1,"seat_ids":[1],"user_session":""}]})"),
            R"([{"type":"model_attributes_type","loc":["body","lock"],)"
            R"("msg":"Input should be a valid dictionary or object to extract fields from",)"
            R"("input":5},{"type":"string_too_short","loc":["body","more",0,"user_session"],)"
            R"("msg":"String should have at least 1 character","input":"",)"
            R"("ctx":{"min_length":1}}])");
}

TEST(DecodeBody, tells_an_empty_body_from_a_broken_one_and_from_another_value) {
  const std::string missing =
      R"([{"type":"missing","loc":["body"],"msg":"Field required","input":null}])";
  EXPECT_EQ(body<Lock>(""), missing);
  EXPECT_EQ(body<Lock>("null"), missing);
  EXPECT_EQ(body<Lock>(R"({"show_id":1,)"),
            R"([{"type":"json_invalid","loc":["body",13],"msg":"JSON decode error","input":{},)"
            R"("ctx":{"error":"Expecting property name enclosed in double quotes"}}])");
  EXPECT_EQ(body<Lock>(R"({"show_id":1,"show_id":2})"),
            R"([{"type":"json_invalid","loc":["body",13],"msg":"JSON decode error","input":{},)"
            R"("ctx":{"error":"Repeated property name"}}])");
  EXPECT_EQ(body<Lock>("[1, 2]"),
            R"([{"type":"model_attributes_type","loc":["body"],)"
            R"("msg":"Input should be a valid dictionary or object to extract fields from",)"
            R"("input":[1,2]}])");
  EXPECT_EQ(body<Lock>(R"("text")").substr(0, 32), R"([{"type":"model_attributes_type")");
}

TEST(DecodeBody, echoes_no_password) {
  EXPECT_EQ(
      body<Movie>(
          R"({"title":"A","duration":{"Password":"p1","user_passwords":["p2",5],"pass":"w"},)"
          R"("release_date":"2019-04-26"})"),
      R"([{"type":"int_type","loc":["body","duration"],"msg":"Input should be a valid integer",)"
      R"("input":{"Password":"**********","user_passwords":["**********",5],"pass":"w"}}])");
}

TEST(DecodeBody, echoes_no_more_than_its_limit) {
  const std::string long_text(input_bytes_max, 'x');
  EXPECT_EQ(
      body<Movie>(R"({"title":"A","duration":")" + long_text + R"(","release_date":"2019-04-26"})"),
      R"([{"type":"int_parsing","loc":["body","duration"],)"
      R"("msg":"Input should be a valid integer, unable to parse string as an integer",)"
      R"("input":null}])");
}

TEST(DecodeBody, reports_no_more_issues_than_its_limit) {
  std::string items = "null";
  for (int i = 1; i < 1000; ++i) items += ",null";
  Issues issues;
  EXPECT_FALSE(decode_body<Lock>(
      R"({"show_id":1,"seat_ids":[)" + items + R"(],"user_session":"s"})", issues));
  EXPECT_EQ(issues.size(), issues_max);
}

TEST(DecodeQuery, reads_parameters_and_keeps_defaults) {
  EXPECT_EQ(query<Search>("city=New+York"),
            R"({"city":"New York","date":null,"skip":0,"limit":100})");
  EXPECT_EQ(query<Search>("limit=5&city=S%C3%A3o%20Paulo%2B&date=2024-06-15&skip=2&x=1"),
            R"({"city":"São Paulo+","date":"2024-06-15","skip":2,"limit":5})");
}

TEST(DecodeQuery, takes_the_last_of_a_repeated_parameter) {
  EXPECT_EQ(query<Search>("city=a&city=b"), R"({"city":"b","date":null,"skip":0,"limit":100})");
}

TEST(DecodeQuery, reads_odd_queries_as_starlette_does) {
  const auto city = [](const std::string& text) {
    return R"({"city":")" + text + R"(","date":null,"skip":0,"limit":100})";
  };
  EXPECT_EQ(query<Search>("city="), city(""));
  EXPECT_EQ(query<Search>("city"), city(""));
  EXPECT_EQ(query<Search>("&&city=a=b&"), city("a=b"));
  EXPECT_EQ(query<Search>("city=100%&"), city("100%"));
  EXPECT_EQ(query<Search>("city=%zz%4"), city("%zz%4"));
  EXPECT_EQ(query<Search>("%63ity=a"), city("a"));
  EXPECT_EQ(query<Search>("city=%26%3D"), city("&="));
}

TEST(DecodeQuery, tells_what_is_missing_or_wrong) {
  EXPECT_EQ(query<Search>(""),
            R"([{"type":"missing","loc":["query","city"],"msg":"Field required","input":null}])");
  EXPECT_EQ(
      query<Search>("city=a&date=&limit=1001&skip=x"),
      R"([{"type":"date_from_datetime_parsing","loc":["query","date"],)"
      R"("msg":"Input should be a valid date or datetime, input is too short","input":"",)"
      R"("ctx":{"error":"input is too short"}},{"type":"int_parsing","loc":["query","skip"],)"
      R"("msg":"Input should be a valid integer, unable to parse string as an integer",)"
      R"("input":"x"},{"type":"less_than_equal","loc":["query","limit"],)"
      R"("msg":"Input should be less than or equal to 1000","input":"1001","ctx":{"le":1000}}])");
}

TEST(DecodeQuery, refuses_bytes_that_are_not_text) {
  EXPECT_EQ(query<Search>("city=%FF"),
            R"([{"type":"string_unicode","loc":["query","city"],"msg":)"
            R"("Input should be a valid string, unable to parse raw data as a unicode string",)"
            R"("input":null}])");
  EXPECT_NE(query<Search>("city=a%00b").find("value_error"), std::string::npos);
}

TEST(DecodePath, reads_one_segment) {
  Issues issues;
  EXPECT_EQ(decode_path<MovieId>("movie_id", "7", issues), MovieId(7));
  EXPECT_EQ(decode_path<MovieId>("movie_id", "%37", issues), MovieId(7));
  EXPECT_EQ(decode_path<MovieId>("movie_id", "99999999999999999999", issues), MovieId());
  EXPECT_TRUE(issues.empty());
  EXPECT_FALSE(decode_path<MovieId>("movie_id", "a+b", issues));
  EXPECT_EQ(to_json(issues),
            R"([{"type":"int_parsing","loc":["path","movie_id"],)"
            R"("msg":"Input should be a valid integer, unable to parse string as an integer",)"
            R"("input":"a+b"}])");
}

TEST(Decode, collects_the_issues_of_path_query_and_body) {
  Issues issues;
  decode_path<MovieId>("movie_id", "x", issues);
  decode_query<Search>("", issues);
  decode_body<Lock>("", issues);
  ASSERT_EQ(issues.size(), 3U);
  EXPECT_EQ(std::get<std::string>(issues[0].loc[0]), "path");
  EXPECT_EQ(std::get<std::string>(issues[1].loc[0]), "query");
  EXPECT_EQ(std::get<std::string>(issues[2].loc[0]), "body");
}

}  // namespace
}  // namespace boxoffice::http::json
