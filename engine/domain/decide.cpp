#include "engine/domain/decide.h"

#include <type_traits>

#include "base/ensure.h"
#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

namespace {

// A refusal of a list of thousands names the first of them: a refused command must not be able to
// fill the log.
constexpr std::size_t seats_in_a_trace_max = 100;

}  // namespace

Decision decide(const State& state, const Command& command, const Context& context) {
  ENSURE(context.now >= state.now, "time never goes back");
  ENSURE(std::holds_alternative<AdvanceTime>(command) || !is_due(state, context.now),
         "what is due expires before anything else is decided");
  return std::visit([&](const auto& c) { return decide_on(state, c, context); }, command);
}

bool is_due(const State& state, Instant now) {
  const auto next = next_deadline(state);
  return next.has_value() && now >= *next;
}

events::CommandRefused trace_of(const Command& command, const Refused& refused) {
  events::CommandRefused trace;
  trace.command = type_of(command);
  trace.reason = refused.reason;
  trace.seat_ids = refused.seat_ids;
  if (trace.seat_ids.size() > seats_in_a_trace_max) trace.seat_ids.resize(seats_in_a_trace_max);
  trace.booking_id = refused.booking_id;
  trace.payment_id = refused.payment_id;
  std::visit(
      [&trace](const auto& c) {
        using C = std::decay_t<decltype(c)>;
        if constexpr (requires { c.show_id; }) trace.show_id = c.show_id;
        if constexpr (requires { c.booking_id; }) trace.booking_id = c.booking_id;
        if constexpr (requires { c.movie_id; }) trace.movie_id = c.movie_id;
        if constexpr (requires { c.theatre_id; }) trace.theatre_id = c.theatre_id;
        if constexpr (requires { c.user_id; }) trace.user_id = c.user_id;
        if constexpr (requires { c.user_session; }) trace.user_session = c.user_session;
        if constexpr (std::is_same_v<C, RecordPaymentResult>) {
          trace.transaction_id = to_string(c.transaction_id);
        }
      },
      command);
  return trace;
}

Retry find_retry(const State& state, const events::Idempotency& idempotency, Instant now) {
  const KeptOutcome* kept = find_or_null(state.idempotency, idempotency.key);
  if (kept == nullptr || now - kept->time >= idempotency_retention) return {};
  if (kept->request != idempotency.request) return {.kind = Retry::Kind::other_request};
  return {.kind = Retry::Kind::same_request, .first = kept->first, .last = kept->last};
}

}  // namespace boxoffice::engine::domain
