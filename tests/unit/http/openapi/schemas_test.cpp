#include "http/openapi/schemas.h"

#include <gtest/gtest.h>

namespace boxoffice::http::openapi {
namespace {

BOOST_DEFINE_ENUM_CLASS(Status, pending, done)

struct Theatre {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Theatre, (), (name))

struct Request {
  json::Text<1, 200> title;
  std::optional<json::Text<0, 50>> note;
  json::Email email;
  json::Int<1, 1000> duration;
  json::Int<0> count;
  Date day;
  TimeOfDay time;
  json::NonNegativeMoney price;
  Status status = Status::pending;
  json::List<SeatId, 1, 10> seat_ids;
  json::Defaulted<json::Text<1, 20>> method = "card";
  json::Defaulted<json::Int<1, 500>> seats = 100;
};
BOOST_DESCRIBE_STRUCT(Request, (),
                      (title, note, email, duration, count, day, time, price, status, seat_ids,
                       method, seats))

struct Answer {
  MovieId id;
  bool open = false;
  Instant at;
  Uuid transaction;
  Money total;
  std::optional<Theatre> theatre;
  std::shared_ptr<const Theatre> shared;
  std::vector<Theatre> list;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (id, open, at, transaction, total, theatre, shared, list))

struct Tree {
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (children))

TEST(Schemas, show_the_limits_of_a_request) {
  Components components;
  EXPECT_EQ(request_schema<Request>(components), R"({"$ref":"#/components/schemas/Request"})");
  EXPECT_EQ(components.schemas().at("Request"),
            R"({"type":"object","properties":{)"
            R"("title":{"type":"string","minLength":1,"maxLength":200},)"
            R"("note":{"anyOf":[{"type":"string","maxLength":50},{"type":"null"}]},)"
            R"("email":{"type":"string","format":"email"},)"
            R"("duration":{"type":"integer","minimum":1,"maximum":1000},)"
            R"("count":{"type":"integer","minimum":0},)"
            R"("day":{"type":"string","format":"date"},)"
            R"("time":{"type":"string","format":"time"},)"
            R"("price":{"type":"number","minimum":0.0,"maximum":10000000000.0},)"
            R"("status":{"type":"string","enum":["pending","done"]},)"
            R"("seat_ids":{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":10},)"
            R"("method":{"type":"string","minLength":1,"maxLength":20,"default":"card"},)"
            R"("seats":{"type":"integer","minimum":1,"maximum":500,"default":100}},)"
            R"("required":["title","email","duration","count","day","time","price","status",)"
            R"("seat_ids"]})");
}

TEST(Schemas, require_every_member_of_an_answer) {
  Components components;
  response_schema<Answer>(components);
  EXPECT_EQ(components.schemas().at("Answer"),
            R"({"type":"object","properties":{"id":{"type":"integer"},"open":{"type":"boolean"},)"
            R"("at":{"type":"string","format":"date-time"},)"
            R"("transaction":{"type":"string","format":"uuid"},)"
            R"("total":{"type":"number"},)"
            R"("theatre":{"anyOf":[{"$ref":"#/components/schemas/Theatre"},{"type":"null"}]},)"
            R"("shared":{"anyOf":[{"$ref":"#/components/schemas/Theatre"},{"type":"null"}]},)"
            R"("list":{"type":"array","items":{"$ref":"#/components/schemas/Theatre"}}},)"
            R"("required":["id","open","at","transaction","total","theatre","shared","list"]})");
  EXPECT_TRUE(components.schemas().contains("Theatre"));
}

TEST(Schemas, let_a_struct_refer_to_itself) {
  Components components;
  EXPECT_EQ(response_schema<std::vector<Tree>>(components),
            R"({"type":"array","items":{"$ref":"#/components/schemas/Tree"}})");
}

TEST(Schemas, describe_the_parameters_that_are_decoded) {
  Components components;
  const auto parameters = query_parameters<Request>(components);
  ASSERT_EQ(parameters.size(), 12U);
  EXPECT_EQ(parameters[0].name, "title");
  EXPECT_TRUE(parameters[0].required);
  EXPECT_FALSE(parameters[1].required);
  EXPECT_EQ(parameters[11].schema, R"({"type":"integer","minimum":1,"maximum":500,"default":100})");
}

namespace other {
struct Theatre {
  int seats = 0;
};
BOOST_DESCRIBE_STRUCT(Theatre, (), (seats))
}  // namespace other

TEST(SchemasDeathTest, stop_when_two_structs_share_a_name) {
  Components components;
  response_schema<Theatre>(components);
  EXPECT_DEATH(response_schema<other::Theatre>(components), "two structs share a schema's name");
}

}  // namespace
}  // namespace boxoffice::http::openapi
