#include <chrono>

#include "http/api/as_of.h"
#include "http/api/handlers.h"
#include "http/api/reading.h"
#include "http/api/render.h"
#include "http/server/content_coding.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

constexpr Busy too_many_maps{
    "Too many clients are slow to take a large seat map. Please try again.", "too_many_streams"};

// Anybody may ask, and anybody may make a show's history long.
constexpr std::chrono::milliseconds past_seats_time_max{500};

Result<std::optional<std::string>> past_seats(const projections::ReadModels& models, ShowId id,
                                              Position at) {
  const auto give_up = std::chrono::steady_clock::now() + past_seats_time_max;
  TRY(const auto map, models.seat_map(id, at, [give_up]() -> Result<void> {
    if (std::chrono::steady_clock::now() < give_up) return success();
    return fault(FaultKind::unavailable, "This show's history is too long to be told quickly");
  }));
  if (!map) return std::optional<std::string>();
  return std::optional(render_seats(id, *map));
}

Task<Response> list_past_seats(Call& call, ShowId id, AsOfQuery query) {
  auto asked = as_of(call, query.at_seq, query.at_time);
  const AsOf moment = co_await std::move(asked);
  if (moment.refused) co_return *moment.refused;
  using Json = Result<std::optional<std::string>>;
  auto folded = ask_aside<Json>(
      call.services->public_readers, *call.request.io,
      [&models = call.models(), id, at = moment.position] { return past_seats(models, id, at); });
  auto json = co_await std::move(folded);
  if (!json) co_return busy(readers_are_busy);
  if (!*json) co_return problem(ProblemCode::history_too_long, json->error().text);
  if (!json->value()) co_return Call::at(problem(ProblemCode::show_not_found), moment.position);
  Response response;
  response.body = *std::move(json->value());
  co_return Call::at(std::move(response), moment.position);
}

}  // namespace

Task<Response> list_seats(Call& call, Path<ShowId> id, Query<AsOfQuery> query) {
  if (query.value.at_seq || query.value.at_time) {
    auto listed = list_past_seats(call, id.value, query.value);
    Response past = co_await std::move(listed);
    co_return past;
  }
  const bool coded = accepts_gzip(call.request.headers);
  const auto map =
      call.seat_maps->get(id.value, coded ? SeatMapCache::Form::gzip : SeatMapCache::Form::plain);
  if (!map.json) co_return call.read_answer(problem(ProblemCode::show_not_found));
  // The map may be a moment ahead of the other read models: whoever reads it can then read them
  // too.
  if (call.models().position() < map.position) {
    auto waiting = wait_for_position(*call.services, *call.request.io, map.position);
    const bool all_there = co_await std::move(waiting);
    if (!all_there) co_return problem(ProblemCode::read_model_behind);
  }
  Response response;
  response.shared_body = call.seat_maps->to_send(coded ? map.gzip : map.json);
  if (response.shared_body == nullptr) co_return busy(too_many_maps);
  response.headers.add("ETag", '"' + to_string(map.id) + '"');
  if (coded) response.headers.add("Content-Encoding", "gzip");
  co_return Call::at(std::move(response), map.position);
}

// docs/live-reads.md is its contract.
Task<Response> stream_seats(Call& call, Path<ShowId> id, Query<ResumeQuery> query) {
  std::optional<SeatMapId> seen;
  if (const auto text = call.last_event_id(query.value.last_event_id)) {
    seen = parse_seat_map_id(*text);
    if (!seen) co_return problem(ProblemCode::last_event_id_invalid);
  }
  auto opened = call.seat_streams->open(id.value, seen, *call.request.io);
  if (opened.too_many) co_return busy(too_many_maps);
  if (!opened.stream) co_return call.read_answer(problem(ProblemCode::show_not_found));
  auto waiting = wait_for_position(*call.services, *call.request.io, opened.position);
  const bool all_there = co_await std::move(waiting);
  if (!all_there) co_return problem(ProblemCode::read_model_behind);
  co_return Call::at(event_stream(std::move(opened.stream)), opened.position);
}

Task<Response> lock_seats(Call& call, Body<SeatsRequest> request) {
  SeatsRequest& r = request.value;
  const std::string session = r.user_session;
  auto submitted = submit(call,
                          domain::LockSeats{.show_id = r.show_id,
                                            .seat_ids = std::move(r.seat_ids),
                                            .user_session = std::move(r.user_session)},
                          session);
  const auto outcome = co_await std::move(submitted);
  if (outcome.failed) co_return *outcome.failed;
  if (const auto* locked = outcome.find<events::SeatsLocked>()) {
    co_return call.command_answer(
        outcome, json_response(LockAnswer{.success = true,
                                          .locked_seats = locked->seat_ids,
                                          .expires_at = locked->until,
                                          .message = "Seats locked successfully"}));
  }
  const auto* refused = outcome.refused();
  if (refused->reason == events::Refusal::idempotency_key_reused) co_return *call.refusal(outcome);
  co_return call.command_answer(outcome,
                                json_response(LockRefused{.success = false,
                                                          .locked_seats = {},
                                                          .expires_at = outcome.time(),
                                                          .message = "Some seats are not available",
                                                          .unavailable_seats = refused->seat_ids,
                                                          .reason = refused->reason}));
}

Task<Response> release_seats(Call& call, Body<SeatsRequest> request) {
  SeatsRequest& r = request.value;
  const std::string session = r.user_session;
  auto submitted = submit(call,
                          domain::ReleaseSeats{.show_id = r.show_id,
                                               .seat_ids = std::move(r.seat_ids),
                                               .user_session = std::move(r.user_session)},
                          session);
  const auto outcome = co_await std::move(submitted);
  if (outcome.failed) co_return *outcome.failed;
  if (const auto* released = outcome.find<events::SeatsReleased>()) {
    co_return call.command_answer(
        outcome, json_response(ReleaseAnswer{.success = true,
                                             .released_seats = released->seat_ids,
                                             .message = "Seats released successfully"}));
  }
  if (outcome.refused()->reason == events::Refusal::idempotency_key_reused) {
    co_return *call.refusal(outcome);
  }
  co_return call.command_answer(
      outcome,
      json_response(ReleaseAnswer{
          .success = false, .released_seats = {}, .message = "Some seats are not locked by you"}));
}

}  // namespace boxoffice::http::api
