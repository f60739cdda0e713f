// What handlers work with: the engine, the read models, and the keepers of secrets.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "engine/engine.h"
#include "http/api/operations.h"
#include "http/auth/fingerprint.h"
#include "http/auth/jwt.h"
#include "http/auth/password_pool.h"
#include "http/auth/webhook.h"
#include "http/openapi/pages.h"
#include "http/personal/personal_data.h"
#include "projections/read_models.h"

namespace boxoffice::http::api {

struct ApiSettings {
  bool production = false;
  std::chrono::milliseconds read_wait{250};
  std::vector<std::string> cors_origins;
};

/// All of them outlive the Api.
struct Services {
  engine::Engine& engine;
  const projections::ReadModels& models;
  const auth::TokenSigner& tokens;
  auth::PasswordPool& passwords;
  const auth::WebhookVerifier& webhooks;
  const auth::Fingerprinter& fingerprints;
  personal::PersonalData& personal;
  const openapi::Pages& pages;
  Clock& clock;
  /// Whether the disk has room for what commands write. Threads: any.
  std::function<bool()> has_space;
  Operations& operations;
  ApiSettings settings;
  /// Takes one line that an operator should see (a payment that does not fit).
  std::function<void(std::string_view line)> alarm;
};

}  // namespace boxoffice::http::api
