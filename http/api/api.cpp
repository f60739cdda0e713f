// Every endpoint, one line each: verb, path, who may call it, its handler; and what it answers.
#include "http/api/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "http/api/cors.h"
#include "http/api/document_parts.h"
#include "http/api/handlers.h"
#include "http/api/member_docs.h"
#include "http/api/trace_context.h"
#include "http/auth/random.h"
#include "http/server/content_coding.h"
#include "http/server/entity_tag.h"

namespace boxoffice::http::api {

namespace {

// clang-format off
std::vector<Endpoint> make_endpoints() {
  using enum Who;
  using enum ProblemCode;
  return {
      endpoint<Welcome>("GET", "/", anyone, welcome, {"root", "service"}),
      endpoint<Health>("GET", "/health", anyone, health, {"health_check", "service"}),

      endpoint<Health>("GET", "/livez", anyone, live, {"live", "service"}),
      endpoint<Readiness>("GET", "/readyz", anyone, ready, {.name = "ready", .tag = "service", .also_as = "text/plain", .also_status = 503, .also_schema = openapi::response_schema<NotReady>}),
      endpoint<ProblemPages>("GET", "/problems", anyone, list_problems, {.name = "get_problems", .tag = "service", .also_as = "text/html"}),
      endpoint<ProblemPage>("GET", "/problems/{code}", anyone, get_problem, {.name = "get_problem", .tag = "service", .problems = {not_found}, .also_as = "text/html"}),
      endpoint<std::string>("GET", "/metrics", monitor, metrics, {.name = "metrics", .tag = "service", .media_type = "text/plain"}),

      endpoint<std::vector<Movie>>("GET", "/api/movies", anyone, list_movies, {"get_movies", "movies"}),
      endpoint<Movie>("POST", "/api/movies", admin, create_movie, {"create_movie", "movies"}),
      endpoint<Movie>("GET", "/api/movies/{movie_id}", anyone, get_movie, {"get_movie", "movies", {movie_not_found}}),
      endpoint<Movie>("PUT", "/api/movies/{movie_id}", admin, change_movie, {"update_movie", "movies", {movie_not_found}}),
      endpoint<Deleted>("DELETE", "/api/movies/{movie_id}", admin, delete_movie, {"delete_movie", "movies", {movie_not_found, movie_has_shows}}),
      endpoint<std::vector<Show>>("GET", "/api/movies/{movie_id}/shows", anyone, list_movie_shows, {"get_movie_shows", "movies", {movie_not_found}}),

      endpoint<std::vector<Theatre>>("GET", "/api/theatres", anyone, list_theatres, {"get_theatres", "theatres"}),
      endpoint<Theatre>("POST", "/api/theatres", admin, create_theatre, {"create_theatre", "theatres"}),
      endpoint<Theatre>("GET", "/api/theatres/{theatre_id}", anyone, get_theatre, {"get_theatre", "theatres", {theatre_not_found}}),
      endpoint<Theatre>("PUT", "/api/theatres/{theatre_id}", admin, change_theatre, {"update_theatre", "theatres", {theatre_not_found, theatre_has_shows}}),
      endpoint<Deleted>("DELETE", "/api/theatres/{theatre_id}", admin, delete_theatre, {"delete_theatre", "theatres", {theatre_not_found, theatre_has_shows}}),

      endpoint<std::vector<Show>>("GET", "/api/shows", anyone, list_shows, {"get_shows", "shows"}),
      endpoint<Show>("POST", "/api/shows", admin, create_show, {"create_show", "shows"}),
      endpoint<Show>("GET", "/api/shows/{show_id}", anyone, get_show, {"get_show", "shows", {show_not_found}}),
      endpoint<Show>("PUT", "/api/shows/{show_id}", admin, change_show, {"update_show", "shows", {show_not_found, show_has_bookings}}),
      endpoint<Deleted>("DELETE", "/api/shows/{show_id}", admin, delete_show, {"delete_show", "shows", {show_not_found, show_has_bookings}}),
      endpoint<std::vector<Seat>>("GET", "/api/shows/{show_id}/seats", anyone, list_seats, {"get_show_seats", "shows", {show_not_found, position_ahead, time_ahead, log_unreadable, history_too_long}}),
      endpoint<std::vector<Seat>>("GET", "/api/shows/{show_id}/seats/stream", anyone, stream_seats, {"stream_show_seats", "shows", {show_not_found, last_event_id_invalid}, "text/event-stream"}),

      endpoint<SalesLine>("GET", "/api/shows/{show_id}/report", admin, report_show, {"get_show_report", "reports", {show_not_found}}),
      endpoint<HistoryPage>("GET", "/api/shows/{show_id}/history", admin, show_history, {"get_show_history", "reports", {show_not_found}}),
      endpoint<HistoryPage>("GET", "/api/seats/{seat_id}/history", admin, seat_history, {"get_seat_history", "reports", {seat_not_found}}),
      endpoint<SalesReport>("GET", "/api/reports/sales", admin, report_sales, {.name = "get_sales_report", .tag = "reports", .also_as = "text/csv"}),

      endpoint<openapi::AnyOf<LockAnswer, LockRefused>>("POST", "/api/seats/lock", anyone, lock_seats, {"lock_seats", "seats"}),
      endpoint<ReleaseAnswer>("POST", "/api/seats/release", anyone, release_seats, {"release_seats", "seats"}),

      endpoint<Booking>("POST", "/api/bookings", anyone, create_booking, {"create_booking", "bookings", {booking_refused}}),
      endpoint<Booking>("GET", "/api/bookings/{booking_id}", anyone, get_booking, {"get_booking", "bookings", {booking_not_found, position_ahead, time_ahead, log_unreadable}}),
      endpoint<Booking>("POST", "/api/bookings/{booking_id}/cancel", anyone, cancel_booking, {"cancel_booking", "bookings", {booking_not_found, not_owner, booking_already_cancelled}}),

      endpoint<Token>("POST", "/api/users/register", anyone, register_user, {"register", "users", {email_taken, login_failed}}),
      endpoint<Token>("POST", "/api/users/login", anyone, log_in, {"login", "users", {login_failed}}),
      endpoint<User>("GET", "/api/users/me", signed_in, get_me, {"get_current_user_info", "users"}),
      endpoint<User>("PUT", "/api/users/me", signed_in, change_me, {"update_current_user", "users"}),
      endpoint<Deleted>("DELETE", "/api/users/me", signed_in, erase_me, {"erase_current_user", "users"}),
      endpoint<std::vector<Booking>>("GET", "/api/users/{user_id}/bookings", signed_in, list_user_bookings, {"get_user_bookings", "users", {position_ahead, time_ahead, log_unreadable, not_owner}}),

      endpoint<Payment>("POST", "/api/payments/initiate", anyone, initiate_payment, {"initiate_payment", "payments", {booking_not_found, booking_not_pending, amount_mismatch}}),
      endpoint<Payment>("POST", "/api/payments/confirm", gateway, confirm_payment, {"confirm_payment", "payments", {payment_not_found, payment_already_settled}}),
      endpoint<MockCallbackAnswer>("POST", "/api/payments/mock-callback", gateway, mock_callback, {"mock_payment_callback", "payments", {payment_not_found, payment_already_settled}}),

      endpoint<HouseStatus>("GET", "/api/admin/status", monitor, status, {"get_status", "admin"}),
      endpoint<ReadModelList>("GET", "/api/admin/projections", admin, list_read_models, {"list_projections", "admin"}),
      endpoint<ReadModelStatus>("GET", "/api/admin/projections/{name}", admin, get_read_model, {"get_projection", "admin", {read_model_not_found}}),
      endpoint<ReadModelStatus>("POST", "/api/admin/projections/{name}/rebuild", admin, rebuild_read_model, {.name = "rebuild_projection", .tag = "admin", .problems = {read_model_not_found, read_model_busy}, .status = 202}),
      endpoint<ReadModelStatus>("POST", "/api/admin/projections/{name}/verify", admin, verify_read_model, {.name = "verify_projection", .tag = "admin", .problems = {read_model_not_found, read_model_busy}, .status = 202}),
      endpoint<EventLine>("GET", "/api/events", admin, list_events, {.name = "list_events", .tag = "events", .problems = {position_ahead, last_event_id_invalid, log_unreadable}, .also_as = "text/event-stream", .media_type = "application/x-ndjson"}),
  };
}
// clang-format on

// A request id of the client's own is kept when it is short and plain.
bool is_request_id(const std::string& text) {
  constexpr std::size_t length_max = 64;
  return !text.empty() && text.size() <= length_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

/// What a reader is sent of it: nothing when they have it already, gzip when they take that.
void represent(const Headers& request, Response& response) {
  give_tag(response);
  const bool is_coded = choose_gzip(accepts_gzip(request), response);
  answer_if_changed(known_tags(request), response);
  if (is_coded && response.status == 200) gzip_body(response);
}

}  // namespace

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> table = make_endpoints();
  return table;
}

std::string openapi_document() {
  std::vector<std::string_view> codes;
  for (const ProblemKind& kind : problem_kinds()) codes.push_back(kind.name);
  openapi::Components components(member_doc, codes);
  std::vector<openapi::Operation> operations;
  for (const Endpoint& endpoint : endpoints()) operations.push_back(endpoint.describe(components));
  return openapi::build_document(document_info(), operations, components);
}

Api::Api(Services services, Server& server)
    : services_(std::move(services)),
      router_(endpoints()),
      seat_maps_(services_.models),
      seat_streams_(services_.models, seat_maps_, server),
      event_streams_(services_, server),
      rates_(services_.settings.rates, auth::random_seed()),
      document_(std::make_shared<const std::string>(openapi_document())),
      document_etag_(entity_tag(*document_)),
      request_id_prefix_(auth::random_hex(4)) {
  for (std::size_t i = 0; i < server.io_thread_count(); ++i) {
    mailboxes_.push_back(std::make_unique<ReplyMailbox>(server.io_thread(i), services_.engine));
  }
}

void Api::folded(Position, std::optional<std::span<const projections::SeatChanges>> changes) {
  if (changes) {
    seat_streams_.folded(*changes);
  } else {
    seat_streams_.end_all();
  }
  event_streams_.folded();
}

Response Api::error(int status, std::string_view detail) {
  Response response = problem(code_of_status(status), detail);
  if (status == 500) return response;  // the request's own line says so
  if (status == 503) {
    response.reason = detail == "too many streams"           ? "too_many_streams"
                      : detail.starts_with("too many large") ? "memory_limit"
                                                             : "too_many_connections";
  }
  services_.traffic.count_reason(response.reason);
  response.watch = services_.traffic.refused(detail);
  return response;
}

std::string Api::request_id_of(const Request& request) {
  const std::string* given = request.headers.find("X-Request-Id");
  if (given != nullptr && is_request_id(*given)) return *given;
  std::array<char, 16> digits;
  const auto number = requests_.fetch_add(1, std::memory_order_relaxed);
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  std::string id = request_id_prefix_;
  id += '-';
  id.append(digits.data(), end);
  return id;
}

std::shared_ptr<Exchange> Api::begin(const Request& request, const Endpoint* endpoint) {
  auto exchange = services_.traffic.begin(request, endpoint);
  exchange->request_id = request_id_of(request);
  exchange->caller_trace = trace_context_of(request.headers);
  exchange->trace = next_step(exchange->caller_trace);
  exchange->address = client_address(request, services_.settings.proxies);
  if (!services_.settings.proxies.proxies.empty()) {
    exchange->forwarded_for = to_string(exchange->address);
  }
  exchange->rate_is_free = rates_.is_free(exchange->address);
  return exchange;
}

Task<Response> Api::handle(const Request& request) {
  const Router::Match match = router_.find(request.method, request.path);
  auto exchange = begin(request, match.endpoint);
  Response response;
  if (auto preflighted = preflight(request, services_.settings.cors_origins)) {
    auto refused = admit(match, *exchange);
    response = refused ? *std::move(refused) : *std::move(preflighted);
  } else {
    auto dispatched = dispatch(request, match, *exchange);
    response = co_await std::move(dispatched);
    if (request.method == "GET" || request.method == "HEAD") represent(request.headers, response);
    if (match.endpoint != nullptr) match.endpoint->announce_to(response);
    exchange->rate.tell(response);
    allow_origin(request, services_.settings.cors_origins, response);
  }
  response.headers.add("X-Request-Id", exchange->request_id);
  response.headers.add("traceparent", to_traceparent(exchange->trace));
  exchange->made(response);
  response.watch = std::move(exchange);
  co_return response;
}

// Before anything is spent on it; what a user may do is asked as soon as it is known who that is.
std::optional<Response> Api::admit(const Router::Match& match, Exchange& exchange) {
  if (exchange.rate_is_free) return std::nullopt;
  const RateClass rate_class = rate_class_of(match.endpoint);
  if (!exchange.user) {
    return rates_.admit(rate_class, exchange.address, exchange.received(), exchange.rate);
  }
  return rates_.admit(rate_class, *exchange.user, exchange.received(), exchange.rate);
}

// Empty when the caller may go on.
std::optional<Response> Api::let_in(const Router::Match& match, Call& call) {
  if (auto refused = call.authenticate(match.endpoint->who)) return refused;
  if (!call.user) return std::nullopt;
  call.exchange->user = call.user->user_id;
  return admit(match, *call.exchange);
}

std::optional<Response> Api::document_at(const std::string& path) const {
  if (path != "/openapi.json") return services_.pages.find(path);
  Response response;
  response.shared_body = document_;
  response.headers.add("ETag", document_etag_);
  return response;
}

// Documents, redirects and errors: what no endpoint answers.
std::optional<Response> Api::answer_without_endpoint(const Request& request,
                                                     const Router::Match& match) const {
  if (match.endpoint != nullptr) return std::nullopt;
  if (!match.allow.empty()) {
    Response response = problem(ProblemCode::method_not_allowed);
    response.headers.add("Allow", match.allow);
    return response;
  }
  if (auto document = document_at(request.path)) {
    if (request.method == "GET" || request.method == "HEAD") return document;
    Response response = problem(ProblemCode::method_not_allowed);
    response.headers.add("Allow", "GET");
    return response;
  }
  if (request.path.size() > 1 && request.path.ends_with('/')) {
    const std::string without = request.path.substr(0, request.path.size() - 1);
    const auto there = router_.find(request.method, without);
    if (there.endpoint != nullptr || !there.allow.empty() || document_at(without)) {
      Response response{.status = 307, .content_type = {}};
      response.headers.add("Location",
                           request.query.empty() ? without : without + "?" + request.query);
      return response;
    }
  }
  return problem(ProblemCode::not_found);
}

Task<Response> Api::dispatch(const Request& request, const Router::Match& match,
                             Exchange& exchange) {
  if (auto refused = admit(match, exchange)) co_return *std::move(refused);
  if (auto answer = answer_without_endpoint(request, match)) co_return *std::move(answer);

  if (const std::string* header = request.headers.find("X-Min-Seq")) {
    const auto wanted = parse_position(*header);
    if (!wanted) co_return problem(ProblemCode::min_seq_invalid);
    auto waiting = wait_for_position(services_, *request.io, *wanted);
    const bool there = co_await std::move(waiting);
    if (!there)
      co_return problem(ProblemCode::read_model_behind,
                        "The read model has not reached that position yet");
  }

  Position done_at;
  Call call{.services = &services_,
            .mailbox = mailboxes_[request.io->index()].get(),
            .keys_in_flight = &keys_in_flight_,
            .seat_maps = &seat_maps_,
            .seat_streams = &seat_streams_,
            .event_streams = &event_streams_,
            .endpoint = match.endpoint->path,
            .request = request,
            .path_values = match.path_values,
            .exchange = &exchange,
            .read_position = services_.models.position(),
            .done_at = &done_at};
  try {
    if (auto refused = let_in(match, call)) co_return *std::move(refused);
    auto handled = match.endpoint->handle(call);
    co_return co_await std::move(handled);
  } catch (const projections::StoreError& error) {
    services_.alarm(error.what());
    co_return failed(ProblemCode::read_model_stopped, done_at);
  } catch (const std::exception& error) {
    services_.failed("request " + exchange.request_id + ": " + error.what());
    co_return failed(ProblemCode::internal_error, done_at);
  }
}

// A command that was done is never answered as if trying again could do no harm.
Response Api::failed(ProblemCode code, Position done_at) {
  if (!done_at) return problem(code);
  Response response =
      problem(ProblemCode::done_not_shown, "It was done, but cannot be shown. Do not do it again.");
  response.headers.add("X-Event-Seq", std::to_string(done_at.value));
  return response;
}

}  // namespace boxoffice::http::api
