#include "tools/serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "http/api/api.h"
#include "http/auth/random.h"
#include "http/openapi/pages.h"
#include "http/server/server.h"
#include "tools/demo_data.h"
#include "tools/house.h"
#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

// How long a stop waits for requests in flight.
constexpr std::chrono::seconds stop_grace{10};

// Blocked in every thread (threads inherit the mask), so that wait() is where they arrive.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  int wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
    return signal;
  }

 private:
  sigset_t signals_;
};

// Half of the machine's cores parse and answer; the engine's threads share the others.
std::size_t io_threads_of(const config::Config& config) {
  if (config.io_threads != 0) return config.io_threads;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 8);
}

std::string url_of(const config::Config& config, std::uint16_t port) {
  const bool any = config.host == "0.0.0.0" || config.host == "::";
  const std::string host = any ? "localhost" : config.host;
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

void greet(const config::Config& config, std::uint16_t port, bool docs_built) {
  const std::string url = url_of(config, port);
  std::puts(("listening on " + url).c_str());
  std::puts(fmt::format("  API              {}/api/movies", url).c_str());
  std::puts(fmt::format("  Documentation    {}/docs  {}/redoc{}", url, url,
                        docs_built ? "" : "  (not built: needs Node.js 18 or newer)")
                .c_str());
  if (config.profile == config::Profile::demo) {
    std::puts(fmt::format("  Demo login       {} / {}", demo_email, demo_password).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

Result<void> serve(config::Config config, const ServeOptions& options) {
  const StopSignals stop_signals;
  if (config.secret_key.empty()) {
    config.secret_key = http::auth::random_hex(32);
    log(LogLevel::warning, "SECRET_KEY is not set: logins will not survive a restart");
  }
  TRY(const auto webhooks, http::auth::WebhookVerifier::from_secrets(config.webhook_secret));

  http::Server server;
  TRY(server.listen({.host = config.host,
                     .port = config.port,
                     .io_threads = io_threads_of(config),
                     .limits = {}}));
  TRY(const auto house, House::open(config));
  if (options.demo_data && !house->engine().positions().durable) {
    TRY(write_demo_data(*house, false));
  }

  const http::auth::TokenSigner tokens(config.secret_key, config.access_token_ttl);
  const http::auth::Fingerprinter fingerprints(house->fingerprint_key());
  const http::openapi::Pages pages(config.web_directory / "docs");
  http::auth::PasswordPool passwords({});
  http::api::Api api({.engine = house->engine(),
                      .models = house->models(),
                      .tokens = tokens,
                      .passwords = passwords,
                      .webhooks = webhooks,
                      .fingerprints = fingerprints,
                      .pages = pages,
                      .clock = house->clock(),
                      .settings = {.production = config.profile == config::Profile::production,
                                   .read_wait = config.read_wait,
                                   .cors_origins = config.cors_origins}},
                     server);
  server.start([&api](http::Request request) { return api.handle(std::move(request)); },
               http::api::Api::error, [](std::string_view line) { log(LogLevel::warning, line); });
  greet(config, server.port(), pages.built());

  // One way to stop: accept no more, let requests in flight finish, drain the engine, sync, close.
  const int signal = stop_signals.wait();
  log(LogLevel::info, fmt::format("stopping ({})", signal == SIGTERM ? "SIGTERM" : "SIGINT"));
  server.stop(stop_grace);
  passwords.stop();
  house->engine().stop();
  log(LogLevel::info,
      fmt::format("stopped at position {}", house->engine().positions().durable.value));
  return success();
}

}  // namespace boxoffice::tools
