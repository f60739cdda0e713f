#include "http/api/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "http/api/traffic.h"

namespace boxoffice::http::api {

namespace {

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string_view header_of(const Request& request, std::string_view name) {
  const std::string* found = request.headers.find(name);
  return found != nullptr ? std::string_view(*found) : std::string_view();
}

constexpr Busy queue_is_full{"The server is busy. Nothing was done; please try again.",
                             "queue_full"};

// Refusals after which money may be where it should not be.
bool about_money(events::Refusal reason) {
  return reason == events::Refusal::payment_not_found ||
         reason == events::Refusal::amount_mismatch ||
         reason == events::Refusal::payment_already_settled;
}

}  // namespace

const std::string& Call::request_id() const { return exchange->request_id; }

std::optional<TraceId> Call::trace() const {
  if (!exchange->caller_trace) return std::nullopt;
  return exchange->caller_trace->trace_id;
}

std::optional<Response> Call::authenticate(Who who) {
  if (who == Who::monitor) {
    if (from_monitor()) return std::nullopt;
    who = Who::admin;
  }
  if (who == Who::gateway) {
    from_gateway = signed_by_gateway();
    if (!from_gateway && production()) return problem(ProblemCode::signature_invalid);
  }
  const std::string* field = request.headers.find("Authorization");
  const auto token = field != nullptr ? auth::bearer_token(*field) : std::nullopt;
  if (token) user = user_of(*services, *token);
  const bool needs_user = who == Who::signed_in || (who == Who::admin && production());
  if (!user) {
    if (token && (needs_user || production())) {
      return unauthorized(ProblemCode::token_invalid);
    }
    if (needs_user) return problem(ProblemCode::not_authenticated);
  }
  if (who == Who::admin && production() && !is_admin()) {
    return problem(ProblemCode::admin_required);
  }
  return std::nullopt;
}

std::function<bool()> Call::still_admin() const {
  if (!production()) return [] { return true; };
  const std::string* field = request.headers.find("Authorization");
  return [&services = *services, header = field != nullptr ? *field : std::string()] {
    const auto token = auth::bearer_token(header);
    const auto now = token ? user_of(services, *token) : std::nullopt;
    return now && now->role == events::Role::admin;
  };
}

std::optional<projections::UserView> user_of(const Services& services, std::string_view token) {
  const auto bearer = services.verified_tokens.verify(token, services.clock.now());
  if (!bearer) return std::nullopt;
  auto user = services.models.user(bearer->subject);
  // An address that was given up and registered again is another user.
  if (user && bearer->user_id && bearer->user_id != user->user_id) return std::nullopt;
  return user;
}

std::optional<std::string> Call::last_event_id(std::optional<std::string> from_query) const {
  const std::string* header = request.headers.find("Last-Event-ID");
  // A browser that reconnects sends the header, and asks for the address that it began with.
  if (header != nullptr && !header->empty()) return *header;
  return from_query;
}

std::optional<Response> Call::claim_key(std::string_view session, std::string_view open_body) {
  constexpr std::size_t key_bytes_max = 255;
  if (request.method != "POST" || key) return std::nullopt;
  // An Idempotency-Key beside it is outside the signature: whoever sends the message again could
  // add one, leave it out, or choose another.
  if (from_gateway) {
    return claim({.key = services->fingerprints.of({"webhook", header_of(request, "webhook-id")}),
                  .request = services->fingerprints.of(
                      {"message", request.path, request.query, request.body})});
  }
  const std::string* header = request.headers.find("Idempotency-Key");
  if (header == nullptr) return std::nullopt;
  const auto keys = std::count_if(
      request.headers.fields.begin(), request.headers.fields.end(),
      [](const auto& field) { return equal_without_case(field.first, "Idempotency-Key"); });
  if (keys > 1)
    return problem(ProblemCode::idempotency_key_malformed, "Idempotency-Key must be given once");
  if (header->empty() || header->size() > key_bytes_max || !is_visible_ascii(*header)) {
    return problem(ProblemCode::idempotency_key_malformed);
  }
  const std::string user_id = user ? std::to_string(user->user_id.value) : std::string();
  const std::string address = to_string(exchange->address);
  const std::string_view caller = user               ? std::string_view(user_id)
                                  : !session.empty() ? session
                                                     : std::string_view(address);
  const std::string_view caller_kind = user ? "user" : !session.empty() ? "session" : "address";
  return claim(
      {.key = services->fingerprints.of({"key", endpoint, caller_kind, caller, *header}),
       .request = services->fingerprints.of({"request", request.path, request.query, open_body})});
}

std::optional<Response> Call::claim(const events::Idempotency& idempotency) {
  if (!keys_in_flight->add(idempotency.key)) {
    Response response = problem(ProblemCode::idempotency_key_in_progress);
    response.headers.add("Retry-After", "1");
    return response;
  }
  key.emplace(*keys_in_flight, idempotency);
  return std::nullopt;
}

bool Call::from_monitor() const {
  const std::string* field = request.headers.find("Authorization");
  const auto token = field != nullptr ? auth::bearer_token(*field) : std::nullopt;
  return token && services->monitor.is(*token);
}

// What is signed is all that the request says: its body, or the query of one that has none.
// Otherwise one signed message could be sent again with another query.
bool Call::signed_by_gateway() const {
  if (!request.query.empty() && !request.body.empty()) return false;
  return services->webhooks.verify({.id = header_of(request, "webhook-id"),
                                    .timestamp = header_of(request, "webhook-timestamp"),
                                    .signature = header_of(request, "webhook-signature")},
                                   request.query + request.body, services->clock.now());
}

events::Actor Call::actor() const {
  if (from_gateway) return {.kind = events::ActorKind::gateway, .user_id = {}};
  if (!user) return {};
  return {.kind = is_admin() ? events::ActorKind::admin : events::ActorKind::user,
          .user_id = user->user_id};
}

Response Call::at(Response response, Position position) {
  response.headers.add("X-Read-Seq", std::to_string(position.value));
  return response;
}

Response Call::command_answer(const Outcome& outcome, Response response) const {
  response.headers.add("X-Event-Seq", std::to_string(outcome.position().value));
  if (outcome.replayed) response.headers.add("Idempotency-Replayed", "true");
  return response;
}

std::optional<Response> Call::refusal(const Outcome& outcome) const {
  if (outcome.failed) return outcome.failed;
  const auto* refused = outcome.refused();
  if (refused == nullptr) return std::nullopt;
  // Signed, and not what this message said before: the gateway, or its secret, is in other hands.
  const bool two_messages =
      from_gateway && refused->reason == events::Refusal::idempotency_key_reused;
  if ((about_money(refused->reason) || two_messages) && !outcome.replayed) {
    services->alarm(fmt::format("position {}: {} refused: {} (request {})",
                                outcome.position().value, enum_name(refused->command),
                                enum_name(refused->reason), request_id()));
  }
  return command_answer(
      outcome, two_messages ? key_reused("webhook-id") : refusal_response(*refused, production()));
}

std::optional<Position> parse_position(std::string_view text) {
  Position position;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return position;
}

Task<bool> wait_for_position(const Services& services, IoThread& io, Position wanted) {
  constexpr std::chrono::milliseconds step{2};
  const auto give_up = std::chrono::steady_clock::now() + services.settings.read_wait;
  while (services.models.position() < wanted) {
    if (std::chrono::steady_clock::now() >= give_up) co_return false;
    OneShot<bool> waited;
    io.post_after(step, [waited] { waited.complete(true); });
    co_await waited;
  }
  co_return true;
}

Task<Outcome> submit(Call& call, engine::domain::Command command, std::string session) {
  Outcome outcome;
  outcome.nothing_was_done = true;
  outcome.failed = call.claim_key(session);
  if (outcome.failed) co_return outcome;

  if (!call.services->has_space()) {
    outcome.failed = problem(ProblemCode::disk_full);
    co_return outcome;
  }
  engine::Submission submission{.command = std::move(command),
                                .actor = call.actor(),
                                .cause = call.request_id(),
                                .trace = call.trace(),
                                .idempotency = std::nullopt};
  if (call.key) submission.idempotency = call.key->idempotency();
  call.exchange->submitted(std::chrono::steady_clock::now());
  const auto reply = call.mailbox->submit(std::move(submission));
  if (!reply) {
    outcome.failed = busy(queue_is_full);
    co_return outcome;
  }
  outcome.reply = co_await *reply;
  call.exchange->resumed(outcome.reply.times);
  if (outcome.reply.kind == engine::Reply::Kind::too_late) {
    outcome.failed = busy(queue_is_full);
    co_return outcome;
  }
  outcome.nothing_was_done = false;

  if (outcome.reply.kind == engine::Reply::Kind::replayed) {
    outcome.replayed = true;
    auto loaded = call.services->engine.load(std::move(outcome.reply));
    if (!loaded) {
      outcome.failed =
          problem(ProblemCode::log_unreadable, "The first answer could not be read from the log");
      co_return outcome;
    }
    outcome.reply = std::move(loaded).value();
  } else if (outcome.reply.kind == engine::Reply::Kind::outcome_unknown) {
    outcome.failed = problem(ProblemCode::outcome_unknown,
                             "Outcome unknown: the server stopped before your request was safe. "
                             "Retry with the same Idempotency-Key to settle it.");
    outcome.failed->close = true;
  }
  if (!outcome.failed && call.done_at != nullptr) *call.done_at = outcome.position();
  co_return outcome;
}

}  // namespace boxoffice::http::api
