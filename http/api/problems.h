// Every kind of error that the API answers: a stable code, its status, and what a client should
// know about it. The members of an error (responses.h), its page (/problems/CODE), the document and
// `boxoffice explain CODE` all come from this one list.
//
// A code that clients have seen is never renamed or given another meaning. A new kind of error gets
// a code of its own: an enumerator here and its row in problems.cpp, which does not compile without
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace boxoffice::http::api {

/// By status, which is beside it in problems.cpp. (More than Boost.Describe takes.)
enum class ProblemCode : std::uint8_t {
  bad_request,
  min_seq_invalid,
  last_event_id_invalid,
  position_ahead,
  time_ahead,
  idempotency_key_malformed,
  booking_refused,
  email_taken,
  booking_not_pending,
  amount_mismatch,
  token_invalid,
  login_failed,
  signature_invalid,
  not_authenticated,
  admin_required,
  not_owner,
  not_found,
  movie_not_found,
  theatre_not_found,
  show_not_found,
  seat_not_found,
  booking_not_found,
  payment_not_found,
  read_model_not_found,
  method_not_allowed,
  request_timeout,
  movie_has_shows,
  theatre_has_shows,
  show_has_bookings,
  booking_already_cancelled,
  payment_already_settled,
  seats_not_available,
  idempotency_key_in_progress,
  read_model_busy,
  content_too_large,
  uri_too_long,
  expectation_failed,
  validation_failed,
  idempotency_key_reused,
  rate_limited,
  header_fields_too_large,
  internal_error,
  log_unreadable,
  done_not_shown,
  not_implemented,
  busy,
  disk_full,
  outcome_unknown,
  read_model_behind,
  read_model_stopped,
  history_too_long,
  not_ready,
  http_version_not_supported,
};

/// Whether the same request may be sent again.
enum class Repeat : std::uint8_t {
  useless,   ///< it gets the same answer
  safe,      ///< nothing was done
  with_key,  ///< with the same Idempotency-Key
  harmful,   ///< it was done already
};

struct ProblemKind {
  ProblemCode code;
  std::string_view name;  ///< the code as clients see it
  int status;
  std::string_view title;    ///< also the detail of an error that has nothing to add
  std::string_view meaning;  ///< what has happened
  std::string_view advice;   ///< what the client should do
  Repeat repeat;
};

/// In the order of ProblemCode.
std::span<const ProblemKind> problem_kinds();
const ProblemKind& kind_of(ProblemCode code);
/// By the name of its code, or the address of its page: "movie_not_found",
/// "/problems/movie_not_found", "http://localhost:8000/problems/movie_not_found".
std::optional<ProblemCode> find_problem(std::string_view name);

/// The code of an error that no handler makes: what never became a request, and what failed on the
/// way of its answer. A status that has none counts as 500.
ProblemCode code_of_status(int status);

/// "/problems/movie_not_found"
std::string problem_type(ProblemCode code);

}  // namespace boxoffice::http::api
