// What a person reads about a kind of error: its page /problems/CODE, and `boxoffice explain CODE`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "http/api/problems.h"

namespace boxoffice::http::api {

/// A kind of error, as its page and the terminal tell it.
struct ProblemPage {
  std::string type;
  std::string code;
  std::string title;
  std::int32_t status = 0;
  std::string meaning;
  std::string advice;
  std::string repeat;
};
BOOST_DESCRIBE_STRUCT(ProblemPage, (), (type, code, title, status, meaning, advice, repeat))

struct ProblemPages {
  std::vector<ProblemPage> problems;
};
BOOST_DESCRIBE_STRUCT(ProblemPages, (), (problems))

ProblemPage page_of(const ProblemKind& kind);
ProblemPages all_problem_pages();

/// The same as HTML; it needs no script and no style. The policy that it is served with forbids
/// both (page_policy).
std::string to_html(const ProblemPage& page);
/// All of them, each a link to its page.
std::string problem_list_html();
inline constexpr std::string_view page_policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For the terminal, in lines of at most 80 columns.
std::string to_text(const ProblemPage& page);

}  // namespace boxoffice::http::api
