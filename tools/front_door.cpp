#include "tools/front_door.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/ensure.h"
#include "http/api/api.h"
#include "http/auth/random.h"
#include "http/openapi/pages.h"
#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

// How long a stop waits for requests in flight.
constexpr std::chrono::seconds stop_grace{10};

// Half of the machine's cores parse and answer; the engine's threads share the others.
std::size_t io_threads_of(const config::Config& config) {
  if (config.io_threads != 0) return config.io_threads;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 8);
}

std::string secret_of(const config::Config& config) {
  if (!config.secret_key.empty()) return config.secret_key;
  log(LogLevel::warning, "SECRET_KEY is not set: logins will not survive a restart");
  return http::auth::random_hex(32);
}

}  // namespace

struct FrontDoor::Impl {
  Impl(const config::Config& a_config, http::auth::WebhookVerifier a_webhooks)
      : config(a_config),
        webhooks(std::move(a_webhooks)),
        tokens(secret_of(config), config.access_token_ttl),
        pages(config.web_directory / "docs"),
        passwords({}) {}

  // Destroyed last to first: the server outlives whoever posts to its threads.
  config::Config config;
  http::Server server;
  http::auth::WebhookVerifier webhooks;
  http::auth::TokenSigner tokens;
  http::openapi::Pages pages;
  std::optional<http::auth::Fingerprinter> fingerprints;
  http::auth::PasswordPool passwords;
  std::optional<http::api::Api> api;
  House* house = nullptr;
};

FrontDoor::FrontDoor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrontDoor::~FrontDoor() { close(); }

Result<std::unique_ptr<FrontDoor>> FrontDoor::bind(const config::Config& config) {
  TRY(auto webhooks, http::auth::WebhookVerifier::from_secrets(config.webhook_secret));
  auto impl = std::make_unique<Impl>(config, std::move(webhooks));
  TRY(impl->server.listen({.host = config.host,
                           .port = config.port,
                           .io_threads = io_threads_of(config),
                           .limits = {}}));
  return std::unique_ptr<FrontDoor>(new FrontDoor(std::move(impl)));
}

void FrontDoor::open(House& house) {
  ENSURE(impl_->house == nullptr, "a front door is opened once");
  impl_->house = &house;
  impl_->fingerprints.emplace(house.fingerprint_key());
  impl_->api.emplace(http::api::Services{.engine = house.engine(),
                                         .models = house.models(),
                                         .tokens = impl_->tokens,
                                         .passwords = impl_->passwords,
                                         .webhooks = impl_->webhooks,
                                         .fingerprints = *impl_->fingerprints,
                                         .pages = impl_->pages,
                                         .clock = house.clock(),
                                         .settings = {.production = impl_->config.profile ==
                                                                    config::Profile::production,
                                                      .read_wait = impl_->config.read_wait,
                                                      .cors_origins = impl_->config.cors_origins}},
                     impl_->server);
  impl_->server.start(
      [api = &*impl_->api](http::Request request) { return api->handle(std::move(request)); },
      http::api::Api::error, [](std::string_view line) { log(LogLevel::warning, line); });
}

void FrontDoor::close() {
  if (impl_->house == nullptr) return;
  impl_->server.stop(stop_grace);
  impl_->passwords.stop();
  impl_->house->engine().stop();
  impl_->house = nullptr;
}

std::uint16_t FrontDoor::port() const { return impl_->server.port(); }
bool FrontDoor::has_docs() const { return impl_->pages.built(); }

}  // namespace boxoffice::tools
