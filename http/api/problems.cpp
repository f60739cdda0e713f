#include "http/api/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace boxoffice::http::api {

namespace {

using enum ProblemCode;

constexpr std::array kinds = {
    ProblemKind{
        bad_request, "bad_request", 400, "Bad Request",
        "The bytes that came are not one whole, unambiguous HTTP request. The connection is "
        "closed after the answer.",
        "Send the request as RFC 9110 and RFC 9112 say; an HTTP library does. The detail "
        "names the fault.",
        Repeat::useless},
    ProblemKind{min_seq_invalid, "min_seq_invalid", 400, "X-Min-Seq must be a position",
                "The header X-Min-Seq is not a whole number of 0 or more.",
                "Send back what an X-Event-Seq or X-Read-Seq header said, or leave the header out.",
                Repeat::useless},
    ProblemKind{last_event_id_invalid, "last_event_id_invalid", 400,
                "Last-Event-ID must be an id of this stream",
                "The id to go on from was not one that this stream hands out.",
                "Send the id of the last event that came on this stream, or none, to begin anew.",
                Repeat::useless},
    ProblemKind{position_ahead, "position_ahead", 400, "The log ends before that position",
                "The position asked for has not been written yet, or it is another server's.",
                "Ask for a position of at most the X-Read-Seq of an earlier answer.", Repeat::safe},
    ProblemKind{time_ahead, "time_ahead", 400, "That time has not come yet",
                "The time asked for is after the server's clock, and the future is not known.",
                "Ask for a time in the past, or leave the parameter out to see what is now.",
                Repeat::safe},
    ProblemKind{idempotency_key_malformed, "idempotency_key_malformed", 400,
                "Idempotency-Key must be 1 to 255 visible ASCII characters",
                "The header Idempotency-Key is empty, too long, repeated, or holds characters that "
                "it may not.",
                "Send one key of 1 to 255 visible ASCII characters; a random UUID is a good one.",
                Repeat::useless},
    ProblemKind{
        booking_refused, "booking_refused", 400,
        "Unable to create booking. Seats may not be available.",
        "The booking was not made: the e-mail address, the show or a seat is unknown, a seat "
        "is named twice, is taken, or is held by somebody else, or the limit of seats for "
        "one buyer is reached.",
        "Read the seats of the show again, lock those that are free, and book them with the "
        "same user_session.",
        Repeat::useless},
    ProblemKind{email_taken, "email_taken", 400, "Email already registered",
                "An account with this e-mail address exists; capital letters make no difference.",
                "Log in, or register with another address.", Repeat::useless},
    ProblemKind{booking_not_pending, "booking_not_pending", 400, "Booking is not in pending status",
                "The booking is confirmed or cancelled, so there is nothing to pay.",
                "Read the booking: its status and cancel_reason say what became of it.",
                Repeat::useless},
    ProblemKind{amount_mismatch, "amount_mismatch", 400, "Amount does not match booking total",
                "The amount to be paid is not the booking's total_amount.",
                "Read the booking and send its total_amount.", Repeat::useless},
    ProblemKind{token_invalid, "token_invalid", 401, "Could not validate credentials",
                "The access token is malformed, expired, not signed by this server, or its user is "
                "gone.",
                "Log in again and send the new token as \"Authorization: Bearer\".",
                Repeat::useless},
    ProblemKind{login_failed, "login_failed", 401, "Incorrect email or password",
                "No account has this address with this password. The answer is the same for an "
                "unknown address.",
                "Check both, or register.", Repeat::useless},
    ProblemKind{
        signature_invalid, "signature_invalid", 401, "Signature is missing or not valid",
        "In production only the payment gateway tells what a payment came to, and signs it: "
        "webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks has them, "
        "within 300 seconds.",
        "Sign the bytes that are sent with the gateway's secret and the time of now.",
        Repeat::useless},
    ProblemKind{not_authenticated, "not_authenticated", 403, "Not authenticated",
                "The request carries no access token, and needs one.",
                "Log in and send the token as \"Authorization: Bearer\".", Repeat::useless},
    ProblemKind{
        admin_required, "admin_required", 403, "Admin privileges required",
        "The caller is known, and is not an administrator.",
        "Log in as an administrator. An operator makes one with \"boxoffice users promote\".",
        Repeat::useless},
    ProblemKind{not_owner, "not_owner", 403, "Not authorized",
                "What was asked for belongs to somebody else.",
                "Use the token of the user that it belongs to, or an administrator's.",
                Repeat::useless},
    ProblemKind{not_found, "not_found", 404, "Not Found", "Nothing is at this address.",
                "Compare the path with the document at /openapi.json.", Repeat::useless},
    ProblemKind{movie_not_found, "movie_not_found", 404, "Movie not found",
                "No movie has this id, or it was deleted.", "Take the id from GET /api/movies.",
                Repeat::useless},
    ProblemKind{theatre_not_found, "theatre_not_found", 404, "Theatre not found",
                "No theatre has this id, or it was deleted.", "Take the id from GET /api/theatres.",
                Repeat::useless},
    ProblemKind{show_not_found, "show_not_found", 404, "Show not found",
                "No show has this id, or it was deleted.", "Take the id from GET /api/shows.",
                Repeat::useless},
    ProblemKind{seat_not_found, "seat_not_found", 404, "Seat not found",
                "No seat has this id. Seats are numbered over all shows.",
                "Take the id from GET /api/shows/{show_id}/seats.", Repeat::useless},
    ProblemKind{booking_not_found, "booking_not_found", 404, "Booking not found",
                "No booking has this id, or it is not the caller's, which is not told apart.",
                "Use the id that the booking was answered with, and the token of the user who made "
                "it.",
                Repeat::useless},
    ProblemKind{payment_not_found, "payment_not_found", 404, "Payment not found",
                "No payment has this transaction_id.",
                "Use the transaction_id that POST /api/payments/initiate answered with.",
                Repeat::useless},
    ProblemKind{read_model_not_found, "read_model_not_found", 404, "Read model not found",
                "No read model has this name.", "Take the name from GET /api/admin/projections.",
                Repeat::useless},
    ProblemKind{method_not_allowed, "method_not_allowed", 405, "Method Not Allowed",
                "The address exists, and does not take this method.",
                "Use one of the methods that the Allow header names.", Repeat::useless},
    ProblemKind{request_timeout, "request_timeout", 408, "Request Timeout",
                "The request did not arrive in time. The connection is closed.",
                "Send the request again, faster, on a new connection.", Repeat::safe},
    ProblemKind{movie_has_shows, "movie_has_shows", 409, "Movie has scheduled shows",
                "A movie with shows cannot be deleted.", "Delete its shows first.",
                Repeat::useless},
    ProblemKind{theatre_has_shows, "theatre_has_shows", 409, "Theatre has scheduled shows",
                "A theatre with shows cannot be deleted, nor its seats changed.",
                "Delete its shows first, or leave total_seats and layout as they are.",
                Repeat::useless},
    ProblemKind{show_has_bookings, "show_has_bookings", 409, "Show has bookings",
                "A show with bookings cannot be deleted, nor moved to another time.",
                "Cancel its bookings first, or change the price only.", Repeat::useless},
    ProblemKind{booking_already_cancelled, "booking_already_cancelled", 409,
                "Booking is already cancelled",
                "The booking was cancelled before, by its user or because it was not paid.",
                "Read the booking: its cancel_reason says why.", Repeat::useless},
    ProblemKind{payment_already_settled, "payment_already_settled", 409, "Payment already settled",
                "The payment has another result already, and the first one stands.",
                "Read the booking to see what became of it.", Repeat::useless},
    ProblemKind{seats_not_available, "seats_not_available", 409, "Some seats are not available",
                "A seat is unknown, taken, or held by somebody else.",
                "Read the seats of the show again and choose free ones.", Repeat::useless},
    ProblemKind{idempotency_key_in_progress, "idempotency_key_in_progress", 409,
                "A request with this Idempotency-Key is in progress",
                "The first request with this key has not been answered yet.",
                "Wait as long as Retry-After says, and send the same request with the same key.",
                Repeat::with_key},
    ProblemKind{read_model_busy, "read_model_busy", 409, "Another read model is being worked on",
                "One read model at a time is rebuilt or verified.",
                "Wait until GET /api/admin/projections shows that it is done.", Repeat::safe},
    ProblemKind{content_too_large, "content_too_large", 413, "Content Too Large",
                "The body, or all bytes of the request together, are more than the server takes.",
                "Send less at once.", Repeat::useless},
    ProblemKind{uri_too_long, "uri_too_long", 414, "URI Too Long",
                "The address of the request is longer than the server takes.", "Shorten the query.",
                Repeat::useless},
    ProblemKind{expectation_failed, "expectation_failed", 417, "Expectation Failed",
                "The request expects something that the server does not do.",
                "Send no Expect header but \"100-continue\".", Repeat::useless},
    ProblemKind{
        validation_failed, "validation_failed", 422, "Unprocessable Entity",
        "The request could be read, but not all of its values are what they should be. "
        "\"detail\" lists every fault: where it is (loc), what kind (type), in words (msg), "
        "and what was sent (input).",
        "Correct the values that are listed.", Repeat::useless},
    ProblemKind{idempotency_key_reused, "idempotency_key_reused", 422,
                "Idempotency-Key was used with a different request",
                "This key belongs to an earlier request with another body or query.",
                "Use a new key for a new request, and the same body for the same key.",
                Repeat::useless},
    ProblemKind{rate_limited, "rate_limited", 429, "Too Many Requests",
                "Too many requests came from this address or user in a short time, or too many "
                "logins failed.",
                "Wait as long as Retry-After says. The RateLimit header says how much is left.",
                Repeat::safe},
    ProblemKind{header_fields_too_large, "header_fields_too_large", 431,
                "Request Header Fields Too Large",
                "The header, or a chunk extension or trailer, is larger than the server takes.",
                "Send fewer or shorter header fields.", Repeat::useless},
    ProblemKind{internal_error, "internal_error", 500, "Internal Server Error",
                "The server failed to answer; the fault is its own.",
                "Tell the operator the X-Request-Id. A command may have been done or not.",
                Repeat::with_key},
    ProblemKind{log_unreadable, "log_unreadable", 500, "The log could not be read",
                "The server could not read back what it had written.",
                "Tell the operator the X-Request-Id: \"boxoffice doctor\" finds what is damaged.",
                Repeat::with_key},
    ProblemKind{
        done_not_shown, "done_not_shown", 500, "It was done, but cannot be shown",
        "The command took effect at the position in X-Event-Seq, but its answer could not be "
        "made.",
        "Do not send it again. Read what it changed once the server is repaired.", Repeat::harmful},
    ProblemKind{not_implemented, "not_implemented", 501, "Not Implemented",
                "The request uses a method or an encoding that the server does not know.",
                "Use a method of the document, and send the body plain or chunked.",
                Repeat::useless},
    ProblemKind{busy, "busy", 503, "Service Unavailable",
                "The server has as much to do as it takes on at a time. Nothing was done.",
                "Wait as long as Retry-After says, and try again; wait longer each time.",
                Repeat::safe},
    ProblemKind{disk_full, "disk_full", 503,
                "The disk is full. Nothing was done; reads still work.",
                "The server has no room to write, so it takes no commands. Nothing was done.",
                "Try again later. An operator has to make room.", Repeat::safe},
    ProblemKind{outcome_unknown, "outcome_unknown", 503,
                "Outcome unknown: the server stopped before your request was safe",
                "The server stopped while it wrote. After its restart the command is done, or not.",
                "Send the same request with the same Idempotency-Key after the restart: it is done "
                "once in all.",
                Repeat::with_key},
    ProblemKind{read_model_behind, "read_model_behind", 503,
                "The read models have not caught up yet",
                "What was asked for is written, but cannot be read for a moment.",
                "Wait as long as Retry-After says, and try again.", Repeat::safe},
    ProblemKind{
        read_model_stopped, "read_model_stopped", 503, "A read model cannot answer; the others can",
        "One of the server's read models is damaged or had to stop. Nothing was done.",
        "Try again later. An operator sees which at /readyz and rebuilds it.", Repeat::safe},
    ProblemKind{history_too_long, "history_too_long", 503,
                "This show's history is too long to be told quickly",
                "So much has happened in this show that its past could not be told within the time "
                "for it.",
                "Ask for a later time or position, or try again when the server has less to do.",
                Repeat::safe},
    ProblemKind{not_ready, "not_ready", 503, "Not everything works just now",
                "Some kind of request cannot be answered; \"problems\" says which, and why. What "
                "does not need it is answered all the same.",
                "Look again later. An operator sees each check at /readyz?verbose.", Repeat::safe},
    ProblemKind{http_version_not_supported, "http_version_not_supported", 505,
                "HTTP Version Not Supported", "The server speaks HTTP/1.0 and HTTP/1.1.",
                "Use HTTP/1.1.", Repeat::useless},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (static_cast<std::size_t>(kinds[i].code) != i) return false;
  }
  return kinds.size() == static_cast<std::size_t>(http_version_not_supported) + 1;
}
static_assert(in_order(), "a row for each enumerator, in their order");

constexpr std::string_view page_path = "/problems/";

}  // namespace

std::span<const ProblemKind> problem_kinds() { return kinds; }

const ProblemKind& kind_of(ProblemCode code) { return kinds.at(static_cast<std::size_t>(code)); }

std::optional<ProblemCode> find_problem(std::string_view name) {
  if (const auto at = name.find(page_path); at != std::string_view::npos) {
    name.remove_prefix(at + page_path.size());
  }
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
  if (found == kinds.end()) return std::nullopt;
  return found->code;
}

ProblemCode code_of_status(int status) {
  switch (status) {
    case 400: return bad_request;
    case 404: return not_found;
    case 405: return method_not_allowed;
    case 408: return request_timeout;
    case 413: return content_too_large;
    case 414: return uri_too_long;
    case 417: return expectation_failed;
    case 429: return rate_limited;
    case 431: return header_fields_too_large;
    case 501: return not_implemented;
    case 503: return busy;
    case 505: return http_version_not_supported;
    default: return internal_error;
  }
}

std::string problem_type(ProblemCode code) {
  return fmt::format("{}{}", page_path, kind_of(code).name);
}

}  // namespace boxoffice::http::api
