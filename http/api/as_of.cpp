#include "http/api/as_of.h"

#include "http/api/reading.h"

namespace boxoffice::http::api {

namespace {

AsOf refused(Response response) { return {.position = {}, .refused = std::move(response)}; }

Task<AsOf> at_time_of(const Call& call, Instant time) {
  if (time > call.services->clock.now()) {
    co_return refused(problem(ProblemCode::time_ahead));
  }
  auto asked =
      ask_aside<Result<Position>>(call.services->public_readers, *call.request.io,
                                  [find = call.services->position_at, time,
                                   up_to = call.read_position] { return find(time, up_to); });
  const auto found = co_await std::move(asked);
  if (!found) co_return refused(busy(readers_are_busy));
  if (!*found) {
    call.services->failed("time travel: " + found->error().text);
    co_return refused(problem(ProblemCode::log_unreadable));
  }
  co_return AsOf{.position = found->value()};
}

}  // namespace

Task<AsOf> as_of(const Call& call, std::optional<json::Int<0>> at_seq,
                 std::optional<Instant> at_time) {
  if (at_seq && at_time) {
    co_return refused(invalid_parameter(
        "at_time", "Value error, at_seq and at_time exclude each other", json::to_json(*at_time)));
  }
  if (at_time) {
    auto found = at_time_of(call, *at_time);
    AsOf moment = co_await std::move(found);
    co_return moment;
  }
  if (!at_seq) co_return AsOf{.position = call.read_position};
  const Position position(static_cast<Position::rep>(at_seq->value));
  if (position > call.read_position) {
    co_return refused(problem(ProblemCode::position_ahead));
  }
  co_return AsOf{.position = position};
}

}  // namespace boxoffice::http::api
