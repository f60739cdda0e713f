// Bodies and addresses to what handlers get: never a crash, and an answer that is JSON.
//
// The first byte chooses the request; the rest is its body, or its query.
#include <boost/mp11.hpp>
#include <string>
#include <string_view>

#include "http/api/queries.h"
#include "http/api/wire.h"
#include "http/json/decode.h"
#include "http/json/issue.h"
#include "tests/fuzz/input.h"

namespace boxoffice::tests::fuzz {
namespace {

namespace api = http::api;
namespace json = http::json;

using Bodies = boost::mp11::mp_list<api::MovieRequest, api::TheatreRequest, api::ShowRequest,
                                    api::ShowChangeRequest, api::SeatsRequest, api::BookingRequest,
                                    api::RegisterRequest, api::LoginRequest, api::UserChangeRequest,
                                    api::PaymentRequest, api::PaymentResultRequest>;
using Queries = boost::mp11::mp_list<api::MoviesQuery, api::TheatresQuery, api::MovieShowsQuery,
                                     api::AsOfQuery, api::UserBookingsQuery, api::ResumeQuery,
                                     api::EventsQuery, api::ShowsQuery, api::ReadyQuery,
                                     api::MockCallbackQuery, api::SalesQuery, api::HistoryQuery>;

std::string written(const json::Value& value) {
  std::string out;
  promised(json::write_value(out, value, std::size_t{1} << 30), "what was read can be written");
  return out;
}

void parses_what_it_writes(std::string_view text) {
  const json::Parsed parsed = json::parse(text);
  if (!parsed) {
    promised(parsed.error().offset <= text.size(), "an error is somewhere in the text");
    promised(!parsed.error().reason.empty(), "an error has a reason");
    return;
  }
  promised(json::is_utf8(text), "JSON is UTF-8");
  const std::string once = written(parsed.value().root());
  const json::Parsed again = json::parse(once);
  promised(again.has_value(), "what is written is JSON");
  promised(written(again.value().root()) == once, "what is written reads the same");
}

// Refused without a word, or taken with one, would be neither.
template <class T>
void is_judged(const std::optional<T>& value, const json::Issues& issues) {
  promised(value.has_value() == issues.empty(),
           "a value is missing when something is wrong with it");
  if (issues.empty()) return;
  promised(issues.size() <= json::issues_max, "issues are bounded");
  promised(json::parse(json::to_json(issues)).has_value(), "what is wrong is told in JSON");
}

}  // namespace
}  // namespace boxoffice::tests::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace boxoffice;
  using namespace boxoffice::tests::fuzz;
  Input input(data, size);
  const std::size_t chosen = input.byte();
  parses_what_it_writes(input.rest());
  boost::mp11::mp_with_index<boost::mp11::mp_size<Bodies>::value>(
      chosen % boost::mp11::mp_size<Bodies>::value, [&](auto index) {
        json::Issues issues;
        is_judged(
            json::decode_body<boost::mp11::mp_at<Bodies, decltype(index)>>(input.rest(), issues),
            issues);
      });
  boost::mp11::mp_with_index<boost::mp11::mp_size<Queries>::value>(
      chosen % boost::mp11::mp_size<Queries>::value, [&](auto index) {
        json::Issues issues;
        is_judged(
            json::decode_query<boost::mp11::mp_at<Queries, decltype(index)>>(input.rest(), issues),
            issues);
      });
  json::Issues issues;
  is_judged(json::decode_path<MovieId>("movie_id", input.rest(), issues), issues);
  return 0;
}
