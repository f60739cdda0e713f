#include "engine/domain/decide.h"

#include <type_traits>

#include "base/ensure.h"
#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

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
  std::visit(
      [&trace](const auto& c) {
        using C = std::decay_t<decltype(c)>;
        if constexpr (requires { c.show_id; }) trace.show_id = c.show_id;
        if constexpr (requires { c.booking_id; }) trace.booking_id = c.booking_id;
        if constexpr (std::is_same_v<C, LockSeats> || std::is_same_v<C, ReleaseSeats> ||
                      std::is_same_v<C, CreateBooking>) {
          trace.user_session = c.user_session;
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
