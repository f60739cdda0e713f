#include "http/openapi/document.h"

#include "http/json/parse.h"
#include "http/openapi/schemas.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace boxoffice::http::openapi {
namespace {

using json::Value;

struct Movie {
  std::string title;
  MovieId id;
};
BOOST_DESCRIBE_STRUCT(Movie, (), (title, id))

struct MovieRequest {
  json::Text<1, 200> title;
};
BOOST_DESCRIBE_STRUCT(MovieRequest, (), (title))

struct Page {
  json::Defaulted<json::Int<0>> skip = 0;
};
BOOST_DESCRIBE_STRUCT(Page, (), (skip))

std::string sample() {
  Components components;
  std::vector<Operation> operations;
  operations.push_back({.method = "GET",
                        .path = "/api/movies",
                        .name = "get_movies",
                        .tag = "movies",
                        .parameters = query_parameters<Page>(components),
                        .responses = {{.schema = response_schema<std::vector<Movie>>(components)},
                                      validation_failed()}});
  operations.push_back({.method = "GET",
                        .path = "/api/movies/{movie_id}",
                        .name = "get_movie",
                        .description = "A \"movie\".",
                        .tag = "movies",
                        .parameters = {path_parameter<MovieId>("movie_id", components)},
                        .responses = {{.schema = response_schema<Movie>(components)},
                                      problem(404, "Movie not found"),
                                      validation_failed()}});
  operations.push_back(
      {.method = "POST",
       .path = "/api/movies",
       .name = "create_movie",
       .summary = "Add a movie",
       .tag = "movies",
       .request = request_schema<MovieRequest>(components),
       .responses = {{.schema = response_schema<Movie>(components)}, validation_failed()},
       .security = Security::bearer});
  operations.push_back({.method = "GET",
                        .path = "/health",
                        .name = "health",
                        .responses = {{}},
                        .security = Security::optional_bearer});
  return build_document({.title = "Movie Booking API", .version = "0.1.0"}, operations, components);
}

// The value at a path of member names, or null.
const Value* at(const Value& root, std::initializer_list<std::string_view> names) {
  const Value* value = &root;
  for (const std::string_view name : names) {
    if (value == nullptr || value->kind() != Value::Kind::object) return nullptr;
    value = value->find(name);
  }
  return value;
}

std::string text_at(const Value& root, std::initializer_list<std::string_view> names) {
  const Value* value = at(root, names);
  if (value == nullptr) return "(nothing)";
  if (value->kind() == Value::Kind::text) return std::string(value->as_text());
  std::string out;
  json::write_value(out, *value, 10'000);
  return out;
}

void collect_references(const Value& value, std::set<std::string>& out) {
  if (value.has_name() && value.name() == "$ref") out.emplace(value.as_text());
  if (value.kind() != Value::Kind::array && value.kind() != Value::Kind::object) return;
  for (const Value* child = value.first(); child != value.end(); child = child->next()) {
    collect_references(*child, out);
  }
}

TEST(BuildDocument, has_what_openapi_31_asks_for) {
  const std::string text = sample();
  const json::Parsed parsed = json::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().reason;
  const Value& root = parsed.value().root();
  EXPECT_EQ(text_at(root, {"openapi"}), "3.1.0");
  EXPECT_EQ(text_at(root, {"info", "title"}), "Movie Booking API");
  EXPECT_EQ(text_at(root, {"info", "version"}), "0.1.0");
  const Value* paths = at(root, {"paths"});
  ASSERT_NE(paths, nullptr);
  ASSERT_EQ(paths->size(), 3U);
  for (const Value* path = paths->first(); path != paths->end(); path = path->next()) {
    for (const Value* method = path->first(); method != path->end(); method = method->next()) {
      EXPECT_NE(at(*method, {"operationId"}), nullptr) << path->name();
      const Value* responses = at(*method, {"responses"});
      ASSERT_NE(responses, nullptr) << path->name();
      ASSERT_GT(responses->size(), 0U) << path->name();
      for (const Value* one = responses->first(); one != responses->end(); one = one->next()) {
        EXPECT_NE(at(*one, {"description"}), nullptr) << path->name() << " " << one->name();
      }
    }
  }
}

TEST(BuildDocument, refers_only_to_schemas_that_are_there) {
  const json::Parsed parsed = json::parse(sample());
  ASSERT_TRUE(parsed);
  const Value& root = parsed.value().root();
  std::set<std::string> references;
  collect_references(root, references);
  EXPECT_EQ(references.size(), 5U);
  constexpr std::string_view prefix = "#/components/schemas/";
  for (const std::string& reference : references) {
    ASSERT_EQ(reference.substr(0, prefix.size()), prefix);
    EXPECT_NE(at(root, {"components", "schemas", reference.substr(prefix.size())}), nullptr)
        << reference;
  }
}

TEST(BuildDocument, names_operations_as_fastapi_does) {
  const json::Parsed parsed = json::parse(sample());
  ASSERT_TRUE(parsed);
  const Value& root = parsed.value().root();
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "get", "operationId"}),
            "get_movies_api_movies_get");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies/{movie_id}", "get", "operationId"}),
            "get_movie_api_movies__movie_id__get");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "get", "summary"}), "Get Movies");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "post", "summary"}), "Add a movie");
}

TEST(BuildDocument, describes_parameters_bodies_answers_and_security) {
  const json::Parsed parsed = json::parse(sample());
  ASSERT_TRUE(parsed);
  const Value& root = parsed.value().root();
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "get", "parameters"}),
            R"([{"name":"skip","in":"query","required":false,)"
            R"("schema":{"type":"integer","minimum":0,"default":0}}])");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies/{movie_id}", "get", "parameters"}),
            R"([{"name":"movie_id","in":"path","required":true,"schema":{"type":"integer"}}])");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "post", "requestBody"}),
            R"({"required":true,"content":{"application/json":{"schema":)"
            R"({"$ref":"#/components/schemas/MovieRequest"}}}})");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies/{movie_id}", "get", "responses", "404"}),
            R"({"description":"Movie not found","content":{"application/problem+json":{"schema":)"
            R"({"$ref":"#/components/schemas/Problem"}}}})");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "post", "security"}), R"([{"HTTPBearer":[]}])");
  EXPECT_EQ(text_at(root, {"paths", "/health", "get", "security"}), R"([{},{"HTTPBearer":[]}])");
  EXPECT_EQ(text_at(root, {"paths", "/api/movies", "get", "security"}), "(nothing)");
  EXPECT_EQ(text_at(root, {"components", "securitySchemes", "HTTPBearer", "scheme"}), "bearer");
}

TEST(ContentOf, a_problem_refers_to_an_example_of_each_of_its_codes) {
  const std::string_view codes[] = {"not_found", "movie_not_found"};
  const std::string text = content_of(problem(404, "Not found", codes));
  const json::Parsed parsed = json::parse(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(text_at(parsed.value().root(), {"application/problem+json", "examples"}),
            R"({"not_found":{"$ref":"#/components/examples/not_found"},)"
            R"("movie_not_found":{"$ref":"#/components/examples/movie_not_found"}})");
}

TEST(ContentOf, what_may_also_be_a_problem_has_the_examples_of_both) {
  Response response = problem(503, "Not ready");
  response.problem_schema = std::exchange(response.schema, R"({"type":"boolean"})");
  response.media_type = "application/json";
  response.example = "true";
  response.other_media_type = "text/plain";
  response.other_example = R"("yes")";
  response.problems = {"busy"};
  EXPECT_EQ(content_of(response),
            R"({"application/json":{"schema":{"type":"boolean"},"example":true},)"
            R"("text/plain":{"schema":{"type":"string"},"example":"yes"},)"
            R"("application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"},)"
            R"("examples":{"busy":{"$ref":"#/components/examples/busy"}}}})");
}

TEST(BuildDocumentDeathTest, stops_when_two_operations_are_one) {
  const Operation one{.method = "GET", .path = "/x", .name = "x", .responses = {{}}};
  EXPECT_DEATH(build_document({}, {one, one}, Components()), "two operations");
}

}  // namespace
}  // namespace boxoffice::http::openapi
