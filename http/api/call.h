// One request on its way through a handler: who calls, what was sent, and how to answer.
//
// Threads: a Call lives on the I/O thread of its connection.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "http/api/event_streams.h"
#include "http/api/reply_mailbox.h"
#include "http/api/responses.h"
#include "http/api/seat_map_cache.h"
#include "http/api/seat_streams.h"
#include "http/api/services.h"
#include "http/server/message.h"
#include "http/server/task.h"
#include "projections/views.h"

namespace boxoffice::http::api {

/// The Idempotency-Keys of requests that are being worked on. Threads: any.
class KeysInFlight {
 public:
  bool add(const Fingerprint& key) {
    const std::lock_guard lock(mutex_);
    return keys_.insert(key).second;
  }
  void remove(const Fingerprint& key) {
    const std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

 private:
  std::mutex mutex_;
  std::unordered_set<Fingerprint> keys_;
};

/// Holds a key in flight for as long as it lives.
class KeyClaim {
 public:
  KeyClaim(KeysInFlight& keys, events::Idempotency idempotency)
      : keys_(&keys), idempotency_(idempotency) {}
  KeyClaim(KeyClaim&& other) noexcept
      : keys_(std::exchange(other.keys_, nullptr)), idempotency_(other.idempotency_) {}
  KeyClaim& operator=(KeyClaim&& other) noexcept {
    std::swap(keys_, other.keys_);
    std::swap(idempotency_, other.idempotency_);
    return *this;
  }
  ~KeyClaim() {
    if (keys_ != nullptr) keys_->remove(idempotency_.key);
  }
  const events::Idempotency& idempotency() const { return idempotency_; }

 private:
  KeysInFlight* keys_;
  events::Idempotency idempotency_;
};

/// What became of a submitted command.
struct Outcome {
  std::optional<Response> failed;  ///< set when there is no outcome: busy, key misused, unknown
  bool nothing_was_done = false;   ///< certainly, when `failed`
  engine::Reply reply;
  bool replayed = false;

  Position position() const { return reply.last; }
  Instant time() const { return reply.frame->time; }
  const events::CommandRefused* refused() const { return find<events::CommandRefused>(); }

  /// The command's first event of that type, if it has one.
  template <class Body>
  const Body* find() const {
    for (const events::Event& event : reply.events()) {
      if (const auto* body = std::get_if<Body>(&event.body)) return body;
    }
    return nullptr;
  }
};

/// Who may call an endpoint.
enum class Who {
  anyone,
  admin,      ///< in production; anyone in the demo profile
  monitor,    ///< as admin, or by METRICS_TOKEN
  signed_in,  ///< with a token
  gateway,    ///< in production only the payment gateway, by its signature
};

class Exchange;

struct Call {
  const Services* services = nullptr;
  ReplyMailbox* mailbox = nullptr;
  KeysInFlight* keys_in_flight = nullptr;
  SeatMapCache* seat_maps = nullptr;
  SeatStreams* seat_streams = nullptr;
  EventStreams* event_streams = nullptr;
  std::string_view endpoint{};  ///< the route's template: "/api/movies/{movie_id}"
  const Request& request;       ///< outlives the call, as all that it points to
  const std::vector<std::string_view>& path_values;  ///< raw segments, in the template's order
  Exchange* exchange = nullptr;
  std::optional<projections::UserView> user{};  ///< the token's
  bool from_gateway = false;                    ///< signed by the payment gateway
  Position read_position{};                     ///< what reads of this call see
  Position* done_at = nullptr;                  ///< set once a command was done
  std::optional<KeyClaim> key{};

  /// Whether the caller would be let in as an admin, again and again, whatever becomes of the Call.
  /// Asked on any thread, as long as the services live.
  std::function<bool()> still_admin() const;

  const std::string& request_id() const;
  /// The trace that the client asked to belong to.
  std::optional<TraceId> trace() const;

  bool production() const { return services->settings.production; }
  bool is_admin() const { return user && user->role == events::Role::admin; }
  const projections::ReadModels& models() const { return services->models; }

  /// Reads the token or the gateway's signature and checks `who`; an answer when the caller may not
  /// go on.
  std::optional<Response> authenticate(Who who);

  /// Whether the request carries METRICS_TOKEN.
  bool from_monitor() const;

  /// Whether the payment gateway has signed the request.
  bool signed_by_gateway() const;

  /// Takes note of the Idempotency-Key, if the request has one; an answer when it cannot be used.
  /// `session`: the caller's, if the body names one. submit() does it when nobody did before.
  /// Of what the gateway signed the message's id is the key, and no other one counts.
  std::optional<Response> claim_key(std::string_view session) {
    return claim_key(session, request.body);
  }
  /// As claim_key(), for a body with a password in it: `open_body` is what may be hashed, and kept
  /// in the log as a fingerprint. Whether the password is the same is for the caller to say.
  std::optional<Response> claim_key(std::string_view session, std::string_view open_body);

  /// The id of the last event that the client of a stream has seen: `Last-Event-ID`, or
  /// `from_query` when a browser opens a stream by hand; none when it has seen nothing.
  std::optional<std::string> last_event_id(std::optional<std::string> from_query) const;

  /// Holds the key in flight; an answer when another request does.
  std::optional<Response> claim(const events::Idempotency& idempotency);

  events::Actor actor() const;

  /// The answer to a read.
  Response read_answer(Response response) const { return at(std::move(response), read_position); }
  static Response at(Response response, Position position);

  /// The answer to a command: what the outcome's events lead to, with its position.
  Response command_answer(const Outcome& outcome, Response response) const;
  /// The answer to a failed or refused outcome; empty when it was neither.
  std::optional<Response> refusal(const Outcome& outcome) const;
};

/// Whose token it is, now; empty when it is nobody's any more. Threads: any.
std::optional<projections::UserView> user_of(const Services& services, std::string_view token);

/// Empty when `text` is no position.
std::optional<Position> parse_position(std::string_view text);

/// Waits until the read models are at `wanted`, at most ApiSettings::read_wait: false when they are
/// not there by then.
Task<bool> wait_for_position(const Services& services, IoThread& io, Position wanted);

/// Submits `command` for `call` and waits until it is durable and readable. `call` is the caller's
/// own and outlives the task.
///
/// Keep the task in a variable and await that: g++ 12 destroys an aggregate twice that is built in
/// the same full expression as a co_await.
///
///   auto submitted = submit(call, domain::LockSeats{…});
///   const auto outcome = co_await std::move(submitted);
Task<Outcome> submit(Call& call, engine::domain::Command command, std::string session = {});

}  // namespace boxoffice::http::api
