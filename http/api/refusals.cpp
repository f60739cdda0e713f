// The one place where a refusal becomes a status and a text. No `default`: a new refusal does not
// compile until it has its answer here.
#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.h"
#include "http/api/responses.h"

namespace boxoffice::http::api {

namespace {

using events::CommandType;
using events::Refusal;

// One entry of FastAPI's list, without an `input`: the fault is in no single value.
struct HeaderIssue {
  std::string type;
  std::vector<std::string> loc;
  std::string msg;
};
BOOST_DESCRIBE_STRUCT(HeaderIssue, (), (type, loc, msg))

struct HeaderProblem {
  std::vector<HeaderIssue> detail;
  std::string type;
  std::string title;
  std::int32_t status = 0;
};
BOOST_DESCRIBE_STRUCT(HeaderProblem, (), (detail, type, title, status))

}  // namespace

Response key_reused() {
  return json_response(
      HeaderProblem{.detail = {{.type = "idempotency_key_reused",
                                .loc = {"header", "Idempotency-Key"},
                                .msg = "Idempotency-Key was used with a different request"}},
                    .type = "about:blank",
                    .title = std::string(status_title(422)),
                    .status = 422},
      422);
}

Response refusal_response(const events::CommandRefused& refused, bool not_authorized_as_missing) {
  if (refused.command == CommandType::create_booking &&
      refused.reason != Refusal::idempotency_key_reused) {
    return problem(400, "Unable to create booking. Seats may not be available.");
  }
  switch (refused.reason) {
    case Refusal::movie_not_found: return problem(404, "Movie not found");
    case Refusal::theatre_not_found: return problem(404, "Theatre not found");
    case Refusal::show_not_found: return problem(404, "Show not found");
    case Refusal::user_not_found: return unauthorized("Could not validate credentials");
    case Refusal::booking_not_found: return problem(404, "Booking not found");
    case Refusal::payment_not_found: return problem(404, "Payment not found");
    case Refusal::not_authorized:
      return not_authorized_as_missing ? problem(404, "Booking not found")
                                       : problem(403, "Not authorized to cancel this booking");
    case Refusal::movie_has_shows: return problem(409, "Movie has scheduled shows");
    case Refusal::theatre_has_shows: return problem(409, "Theatre has scheduled shows");
    case Refusal::show_has_bookings: return problem(409, "Show has bookings");
    case Refusal::email_taken: return problem(400, "Email already registered");
    case Refusal::wrong_credentials: return unauthorized("Incorrect email or password");
    case Refusal::seat_unknown:
    case Refusal::seat_repeated:
    case Refusal::seat_taken:
    case Refusal::seat_not_held:
    case Refusal::lock_required:
    case Refusal::quota_exceeded: return problem(409, "Some seats are not available");
    case Refusal::booking_not_pending: return problem(400, "Booking is not in pending status");
    case Refusal::booking_already_cancelled: return problem(409, "Booking is already cancelled");
    case Refusal::amount_mismatch: return problem(400, "Amount does not match booking total");
    case Refusal::payment_already_settled: return problem(409, "Payment already settled");
    case Refusal::idempotency_key_reused: return key_reused();
  }
  return problem(500, "Internal Server Error");
}

}  // namespace boxoffice::http::api
