// What handlers work with: the engine, the read models, and the keepers of secrets.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "base/worker_pool.h"
#include "engine/engine.h"
#include "http/api/client_address.h"
#include "http/api/operations.h"
#include "http/api/rate_classes.h"
#include "http/auth/fingerprint.h"
#include "http/auth/fixed_token.h"
#include "http/auth/jwt.h"
#include "http/auth/login_backoff.h"
#include "http/auth/password_changes.h"
#include "http/auth/password_pool.h"
#include "http/auth/verified_tokens.h"
#include "http/auth/webhook.h"
#include "http/openapi/pages.h"
#include "http/personal/personal_data.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

class Traffic;

struct ApiSettings {
  bool production = false;
  std::chrono::milliseconds read_wait{250};
  std::vector<std::string> cors_origins;
  ProxyTrust proxies;
  RateLimits rates;
};

/// Which events are wanted; what is not set does not filter.
struct EventFilter {
  std::string type{};
  ShowId show_id{};
  BookingId booking_id{};
  UserId user_id{};
};

/// How far to read on in the log.
struct EventsWanted {
  Position after;
  Position up_to;
  std::size_t looks_max = 0;  ///< events, whether they pass the filter or not
  std::size_t lines_max = 0;
  std::size_t bytes_max = 0;  ///< of the lines; but the first may be of any length
  EventFilter filter{};
};

/// What was read: events as JSON, without what nobody may see.
struct EventBatch {
  struct Line {
    Position position;
    std::string json;
  };
  std::vector<Line> lines;
  Position looked_at;  ///< where to go on; after it nothing has been looked at
};

/// All of them outlive the Api.
struct Services {
  engine::Engine& engine;
  const projections::ReadModels& models;
  const auth::TokenSigner& tokens;
  auth::VerifiedTokens& verified_tokens;
  const auth::FixedToken& monitor;  ///< METRICS_TOKEN
  auth::PasswordPool& passwords;
  auth::LoginBackoff& logins;
  auth::PasswordChanges& password_changes;
  const auth::WebhookVerifier& webhooks;
  const auth::Fingerprinter& fingerprints;
  personal::PersonalData& personal;
  const openapi::Pages& pages;
  Clock& clock;
  /// Whether the disk has room for what commands write. Threads: any.
  std::function<bool()> has_space;
  /// For questions that take longer (reading.h).
  WorkerPool& readers;
  /// For those that anybody may ask, so that strangers do not keep admins from asking theirs.
  WorkerPool& public_readers;
  /// Reads the log. Threads: any. REQUIRES: `up_to` has been folded.
  std::function<Result<EventBatch>(const EventsWanted&)> read_events;
  /// The last position by that time, at most `up_to`; 0 when the log began later. Reads the log.
  /// Threads: any.
  std::function<Result<Position>(Instant time, Position up_to)> position_at;
  Operations& operations;
  Traffic& traffic;
  ApiSettings settings;
  /// Takes one line that an operator should see (a payment that does not fit).
  std::function<void(std::string_view line)> alarm;
  /// The same of what the server failed to do, so that a person has to look.
  std::function<void(std::string_view line)> failed;
};

}  // namespace boxoffice::http::api
