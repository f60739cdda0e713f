// The one place where a refusal becomes a status and a text. No `default`: a new refusal does not
// compile until it has its answer here.
#include <fmt/format.h>

#include <string_view>

#include "http/api/responses.h"

namespace boxoffice::http::api {

namespace {

using events::CommandType;
using events::Refusal;

}  // namespace

Response key_reused(std::string_view header) {
  // One entry of FastAPI's list, without an `input`: the fault is in no single value.
  return invalid(ProblemCode::idempotency_key_reused,
                 fmt::format(R"([{{"type":"idempotency_key_reused","loc":["header","{0}"],)"
                             R"("msg":"{0} was used with a different request"}}])",
                             header));
}

Response refusal_response(const events::CommandRefused& refused, bool not_authorized_as_missing) {
  if (refused.command == CommandType::create_booking &&
      refused.reason != Refusal::idempotency_key_reused) {
    return problem(ProblemCode::booking_refused);
  }
  switch (refused.reason) {
    case Refusal::movie_not_found: return problem(ProblemCode::movie_not_found);
    case Refusal::theatre_not_found: return problem(ProblemCode::theatre_not_found);
    case Refusal::show_not_found: return problem(ProblemCode::show_not_found);
    case Refusal::user_not_found: return unauthorized(ProblemCode::token_invalid);
    case Refusal::booking_not_found: return problem(ProblemCode::booking_not_found);
    case Refusal::payment_not_found: return problem(ProblemCode::payment_not_found);
    case Refusal::not_authorized:
      return not_authorized_as_missing
                 ? problem(ProblemCode::booking_not_found)
                 : problem(ProblemCode::not_owner, "Not authorized to cancel this booking");
    case Refusal::movie_has_shows: return problem(ProblemCode::movie_has_shows);
    case Refusal::theatre_has_shows: return problem(ProblemCode::theatre_has_shows);
    case Refusal::show_has_bookings: return problem(ProblemCode::show_has_bookings);
    case Refusal::email_taken: return problem(ProblemCode::email_taken);
    case Refusal::wrong_credentials: return unauthorized(ProblemCode::login_failed);
    case Refusal::seat_unknown:
    case Refusal::seat_repeated:
    case Refusal::seat_taken:
    case Refusal::seat_not_held:
    case Refusal::lock_required:
    case Refusal::quota_exceeded:
    case Refusal::cooling_down: return problem(ProblemCode::seats_not_available);
    case Refusal::booking_not_pending: return problem(ProblemCode::booking_not_pending);
    case Refusal::booking_already_cancelled: return problem(ProblemCode::booking_already_cancelled);
    case Refusal::amount_mismatch: return problem(ProblemCode::amount_mismatch);
    case Refusal::payment_already_settled: return problem(ProblemCode::payment_already_settled);
    case Refusal::idempotency_key_reused: return key_reused();
  }
  return problem(ProblemCode::internal_error);
}

}  // namespace boxoffice::http::api
