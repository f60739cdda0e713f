// The event feed: the log as operators and other programs may read it.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/api/handlers.h"
#include "http/api/links.h"
#include "http/api/reading.h"

namespace boxoffice::http::api {

namespace {

constexpr Busy too_many_readers{"Too many read the feed. Please try again.", "too_many_streams"};

// What a page costs its reader's thread at the most: some ten milliseconds.
constexpr std::size_t looks_per_page = 10'000;
constexpr std::size_t bytes_per_page = 1 << 20;

template <std::size_t... index>
bool is_type_name(std::string_view name, std::index_sequence<index...>) {
  return ((events::type_name(events::EventBody(std::in_place_index<index>)) == name) || ...);
}
bool is_type_name(std::string_view name) {
  return is_type_name(name, std::make_index_sequence<std::variant_size_v<events::EventBody>>());
}

Response unknown_type(const std::string& name) {
  std::string input;
  json::write_text(input, name);
  return validation_failed({json::Issue{.type = "value_error",
                                        .loc = {std::string("query"), std::string("type")},
                                        .msg = "Value error, no event has that type",
                                        .input = std::move(input),
                                        .ctx = {}}});
}

Response page_of(const Call& call, const Result<EventBatch>& batch) {
  if (!batch) {
    call.services->failed("event feed: " + batch.error().text);
    return problem(ProblemCode::log_unreadable);
  }
  Response response;
  response.content_type = "application/x-ndjson";
  for (const EventBatch::Line& line : batch.value().lines) response.body += line.json + '\n';
  const Position next = batch.value().looked_at;
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Next-After", std::to_string(next.value));
  link_next(response, call.request, std::to_string(next.value));
  return response;
}

bool wants_stream(const Request& request) {
  const std::string* accept = request.headers.find("Accept");
  return accept != nullptr && accept->find("text/event-stream") != std::string::npos;
}

}  // namespace

Task<Response> list_events(Call& call, Query<EventsQuery> query) {
  const EventsQuery& q = query.value;
  if (q.type && !is_type_name(*q.type)) co_return unknown_type(*q.type);
  EventFilter filter{.type = q.type.value_or(""),
                     .show_id = q.show_id.value_or(ShowId()),
                     .booking_id = q.booking_id.value_or(BookingId()),
                     .user_id = q.user_id.value_or(UserId())};
  const bool streams = wants_stream(call.request);
  Position after(static_cast<Position::rep>(q.after.value));
  if (streams) {
    if (const auto text = call.last_event_id(q.last_event_id)) {
      const auto seen = parse_position(*text);
      if (!seen)
        co_return problem(ProblemCode::last_event_id_invalid, "Last-Event-ID must be a position");
      after = *seen;
    }
  }
  // It is another log's, and what is here is not what the client believes to have seen.
  if (after > call.read_position) co_return problem(ProblemCode::position_ahead);
  if (streams) {
    auto stream =
        call.event_streams->open(std::move(filter), after, call.still_admin(), *call.request.io);
    if (!stream) co_return busy(too_many_readers);
    co_return call.read_answer(event_stream(std::move(stream)));
  }
  auto asked = ask_aside<Result<EventBatch>>(
      call.services->readers, *call.request.io,
      [read = call.services->read_events,
       wanted = EventsWanted{.after = after,
                             .up_to = call.read_position,
                             .looks_max = looks_per_page,
                             .lines_max = static_cast<std::size_t>(q.limit.value),
                             .bytes_max = bytes_per_page,
                             .filter = std::move(filter)}] { return read(wanted); });
  const auto batch = co_await std::move(asked);
  if (!batch) co_return busy(readers_are_busy);
  co_return call.read_answer(page_of(call, *batch));
}

}  // namespace boxoffice::http::api
