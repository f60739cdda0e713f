#include "http/api/problems.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "http/api/problem_pages.h"
#include "http/api/responses.h"

namespace boxoffice::http::api {
namespace {

TEST(Problems, have_codes_that_are_words_and_stand_by_status) {
  std::set<std::string_view> names;
  int status = 0;
  for (const ProblemKind& kind : problem_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_EQ(kind.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    EXPECT_GE(kind.status, status) << kind.name;
    status = kind.status;
    EXPECT_FALSE(kind.title.empty() || kind.meaning.empty() || kind.advice.empty()) << kind.name;
  }
}

TEST(Problems, are_found_by_code_and_by_address) {
  for (const ProblemKind& kind : problem_kinds()) {
    EXPECT_EQ(find_problem(kind.name), kind.code);
    EXPECT_EQ(find_problem(problem_type(kind.code)), kind.code);
    EXPECT_EQ(find_problem("https://cinema.example:8000" + problem_type(kind.code)), kind.code);
  }
  for (const char* nothing : {"", "nonsense", "/problems/", "/problems", "MOVIE_NOT_FOUND"}) {
    EXPECT_EQ(find_problem(nothing), std::nullopt) << nothing;
  }
}

TEST(Problems, are_answered_with_detail_first_and_the_code_last) {
  const Response response = problem(ProblemCode::not_owner, "Not authorized to do this");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, R"({"detail":"Not authorized to do this","type":"/problems/not_owner",)"
                           R"("title":"Not authorized","status":403,"code":"not_owner"})");
  EXPECT_FALSE(response.headers.has("Retry-After"));
}

TEST(Problems, say_their_title_when_there_is_nothing_to_add) {
  EXPECT_TRUE(
      problem(ProblemCode::movie_not_found).body.starts_with(R"({"detail":"Movie not found",)"));
}

TEST(Problems, that_pass_say_when_to_try_again) {
  for (const ProblemKind& kind : problem_kinds()) {
    if (kind.status != 503) continue;
    EXPECT_TRUE(problem(kind.code).headers.has("Retry-After")) << kind.name;
  }
}

TEST(Problems, cover_every_status_that_the_server_refuses_with) {
  for (const int status : {400, 404, 405, 408, 413, 414, 417, 429, 431, 500, 501, 503, 505}) {
    EXPECT_EQ(kind_of(code_of_status(status)).status, status);
  }
  EXPECT_EQ(code_of_status(599), ProblemCode::internal_error);
}

TEST(ProblemPages, escape_what_they_show) {
  const std::string html = to_html({.type = "/problems/x",
                                    .code = "x",
                                    .title = "<script>",
                                    .status = 400,
                                    .meaning = "a & b",
                                    .advice = "\"c\"",
                                    .repeat = "d"});
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(html.find("a &amp; b"), std::string::npos);
  EXPECT_NE(html.find("&quot;c&quot;"), std::string::npos);
}

}  // namespace
}  // namespace boxoffice::http::api
