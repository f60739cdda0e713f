#include "http/api/handlers.h"

namespace boxoffice::http::api {

namespace {

// Browsers name text/html first of all; whoever does not ask for it is a program.
bool wants_html(const Request& request) {
  const std::string* accept = request.headers.find("Accept");
  return accept != nullptr && accept->find("text/html") != std::string::npos;
}

Response html(std::string page) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(page);
  response.headers.add("Content-Security-Policy", std::string(page_policy));
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Referrer-Policy", "no-referrer");
  return response;
}

// One address, two media types.
Response by_accept(Response response) {
  response.headers.add("Vary", "Accept");
  return response;
}

}  // namespace

Task<Response> welcome(Call&) {
  co_return json_response(Welcome{"Movie Booking API - Visit /docs for API documentation"});
}

Task<Response> health(Call&) { co_return json_response(Health{"healthy"}); }

Task<Response> list_problems(Call& call) {
  co_return by_accept(wants_html(call.request) ? html(problem_list_html())
                                               : json_response(all_problem_pages()));
}

Task<Response> get_problem(Call& call, Path<std::string> code) {
  const auto found = find_problem(code.value);
  if (!found) co_return problem(ProblemCode::not_found);
  const ProblemPage page = page_of(kind_of(*found));
  co_return by_accept(wants_html(call.request) ? html(to_html(page)) : json_response(page));
}

}  // namespace boxoffice::http::api
