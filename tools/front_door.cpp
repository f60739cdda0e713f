#include "tools/front_door.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

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
#include "tools/care/records.h"
#include "tools/event_feed.h"
#include "tools/line_writer.h"
#include "tools/logging.h"
#include "tools/operations.h"

namespace boxoffice::tools {

namespace {

// How long a stop waits for requests in flight.
constexpr std::chrono::seconds stop_grace{10};

// Reports and histories, at a time and in a queue.
constexpr std::size_t reader_threads = 2;
constexpr std::size_t questions_waiting_max = 128;
// What anybody may ask of the past.
constexpr std::size_t public_reader_threads = 1;
constexpr std::size_t public_questions_waiting_max = 64;

// About 200 bytes each.
constexpr std::size_t tokens_remembered_max = 16'384;

// Half of the machine's cores parse and answer; the engine's threads share the others.
std::size_t io_threads_of(const config::Config& config) {
  if (config.io_threads != 0) return config.io_threads;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 8);
}

// Connections share the process's file descriptors with the log, which fails without one: whatever
// the log and the read models may need is kept for them.
std::size_t connections_max(std::size_t wanted) {
  constexpr rlim_t reserve = 512;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted + reserve) return wanted;
  const std::size_t left =
      limit.rlim_cur > 2 * reserve ? limit.rlim_cur - reserve : limit.rlim_cur / 2;
  log(LogLevel::warning,
      fmt::format("at most {} connections: the limit of open files is {}", left, limit.rlim_cur));
  return left;
}

std::string secret_of(const config::Config& config) {
  if (!config.secret_key.empty()) return config.secret_key;
  log(LogLevel::warning, "SECRET_KEY is not set: logins will not survive a restart");
  return http::auth::random_hex(32);
}

std::vector<std::string> older_secrets_of(const config::Config& config) {
  if (config.secret_key_previous.empty()) return {};
  return {config.secret_key_previous};
}

http::api::ProxyTrust proxies_of(const config::Config& config) {
  return {.proxies = config.trusted_proxies,
          .header = config.proxy_header == config::ProxyHeader::forwarded
                        ? http::api::ProxyHeader::forwarded
                        : http::api::ProxyHeader::x_forwarded_for};
}

http::api::RateLimits rates_of(const config::Config& config) {
  // In the order of RateClass.
  return {.by_class = {config.rate_limit_reads, config.rate_limit_writes, config.rate_limit_logins,
                       config.rate_limit_streams, config.rate_limit_admin},
          .loopback_is_free = config.profile == config::Profile::demo};
}

http::api::Traffic::Options traffic_of(const config::Config& config, LineWriter& lines) {
  return {.access_log = config.access_log == config::Switch::on,
          .slow = config.slow_request,
          .style = ::isatty(STDERR_FILENO) != 0 ? http::api::LineStyle::plain
                                                : http::api::LineStyle::json,
          .lines = [&lines](std::string_view line) { lines.write(line); },
          .lines_dropped = [&lines] { return lines.dropped(); }};
}

}  // namespace

struct FrontDoor::Impl {
  Impl(const config::Config& a_config, http::auth::WebhookVerifier a_webhooks)
      : config(a_config),
        webhooks(std::move(a_webhooks)),
        monitor(config.metrics_token),
        pages(config.web_directory / "docs"),
        passwords({.cost = {.passes = config.password_passes,
                            .memory_bytes = config.password_memory_mib * 1024 * 1024}}),
        logins({}),
        readers("readers", reader_threads, questions_waiting_max),
        public_readers("public-readers", public_reader_threads, public_questions_waiting_max) {}

  // Destroyed last to first: the server outlives whoever posts to its threads.
  config::Config config;
  LineWriter lines{STDERR_FILENO};
  std::optional<http::api::Traffic> traffic;  // told of answers until the server is gone
  http::Server server;
  std::unique_ptr<House> house;
  std::optional<HouseOperations> operations;
  http::auth::WebhookVerifier webhooks;
  http::auth::FixedToken monitor;
  std::optional<http::auth::TokenSigner> tokens;
  std::optional<http::auth::VerifiedTokens> verified_tokens;
  http::openapi::Pages pages;
  std::optional<http::auth::Fingerprinter> fingerprints;
  http::auth::PasswordPool passwords;
  http::auth::LoginBackoff logins;
  http::auth::PasswordChanges password_changes;
  WorkerPool readers;
  WorkerPool public_readers;
  std::optional<http::api::Api> api;
  std::size_t connections_max = 0;
  const Instant started = care::machine_time();
  bool closed = false;
};

FrontDoor::FrontDoor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrontDoor::~FrontDoor() { close(); }

Result<std::unique_ptr<FrontDoor>> FrontDoor::bind(const config::Config& config) {
  TRY(auto webhooks, http::auth::WebhookVerifier::from_secrets(config.webhook_secret));
  auto impl = std::make_unique<Impl>(config, std::move(webhooks));
  http::ServerLimits limits;
  limits.connections_max = connections_max(limits.connections_max);
  // The others are for those who book.
  limits.streams_max = limits.connections_max / 4 * 3;
  limits.connections_per_address_max = config.connections_per_address_max;
  limits.proxies = config.trusted_proxies;
  limits.loopback_limited = config.profile == config::Profile::production;
  limits.heartbeat_time = config.stream_heartbeat;
  impl->connections_max = limits.connections_max;
  TRY(impl->server.listen({.host = config.host,
                           .port = config.port,
                           .io_threads = io_threads_of(config),
                           .limits = limits}));
  return std::unique_ptr<FrontDoor>(new FrontDoor(std::move(impl)));
}

void FrontDoor::open(std::unique_ptr<House> owned) {
  ENSURE(impl_->house == nullptr, "a front door is opened once");
  impl_->house = std::move(owned);
  House& house = *impl_->house;
  impl_->tokens.emplace(secret_of(impl_->config), impl_->config.access_token_ttl,
                        older_secrets_of(impl_->config));
  impl_->verified_tokens.emplace(
      *impl_->tokens,
      [&house](std::string_view email) { return house.personal().fingerprint_of_email(email); },
      tokens_remembered_max);
  impl_->fingerprints.emplace(house.fingerprint_key());
  impl_->traffic.emplace(http::api::endpoints(), impl_->server.io_thread_count(),
                         traffic_of(impl_->config, impl_->lines));
  impl_->operations.emplace(HouseOperations::Of{.house = house,
                                                .server = impl_->server,
                                                .traffic = *impl_->traffic,
                                                .data_directory = impl_->config.data_directory,
                                                .connections_max = impl_->connections_max,
                                                .started = impl_->started});
  impl_->api.emplace(
      http::api::Services{
          .engine = house.engine(),
          .models = house.models(),
          .tokens = *impl_->tokens,
          .verified_tokens = *impl_->verified_tokens,
          .monitor = impl_->monitor,
          .passwords = impl_->passwords,
          .logins = impl_->logins,
          .password_changes = impl_->password_changes,
          .webhooks = impl_->webhooks,
          .fingerprints = *impl_->fingerprints,
          .personal = house.personal(),
          .pages = impl_->pages,
          .clock = house.clock(),
          .has_space = [&house] { return house.has_space(); },
          .readers = impl_->readers,
          .public_readers = impl_->public_readers,
          .read_events =
              [&house](const http::api::EventsWanted& wanted) {
                return read_events(house.event_log(), house.models(), wanted);
              },
          .position_at =
              [&house](Instant time, Position up_to) {
                return position_at(house.event_log(), time, up_to);
              },
          .operations = *impl_->operations,
          .traffic = *impl_->traffic,
          .settings = {.production = impl_->config.profile == config::Profile::production,
                       .read_wait = impl_->config.read_wait,
                       .cors_origins = impl_->config.cors_origins,
                       .proxies = proxies_of(impl_->config),
                       .rates = rates_of(impl_->config)},
          .alarm = [](std::string_view line) { log(LogLevel::warning, line); },
          .failed = [](std::string_view line) { log(LogLevel::error, line); }},
      impl_->server);
  house.tell_folds_to(*impl_->api);
  impl_->server.start(
      [api = &*impl_->api](const http::Request& request) { return api->handle(request); },
      [api = &*impl_->api](int status, std::string_view detail) {
        return api->error(status, detail);
      },
      [](std::string_view line) { log(LogLevel::error, line); });
}

void FrontDoor::close() {
  if (impl_->house == nullptr || impl_->closed) return;
  impl_->closed = true;
  impl_->server.stop(stop_grace);
  impl_->passwords.stop();
  // Whoever asked has gone.
  impl_->readers.abandon();
  impl_->public_readers.abandon();
  impl_->operations->stop();
  impl_->house->engine().stop();
}

House& FrontDoor::house() {
  ENSURE(impl_->house != nullptr, "the front door was opened");
  return *impl_->house;
}

std::uint16_t FrontDoor::port() const { return impl_->server.port(); }
bool FrontDoor::has_docs() const { return impl_->pages.built(); }

}  // namespace boxoffice::tools
