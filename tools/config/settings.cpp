// The table of settings. Texts of `about` are read by people in --help and `.env.example`.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "http/auth/fixed_token.h"
#include "http/auth/webhook.h"
#include "tools/config/config.h"

namespace boxoffice::tools::config {

namespace {

// ---- Parsers ------------------------------------------------------------------------------------

std::optional<std::int64_t> parse_whole(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value < min || value > max) return std::nullopt;
  return value;
}

/// A whole number within [min, max], in decimal digits only; for an integer or a duration.
template <class T>
Parser whole_number(T Config::*member, std::int64_t min, std::int64_t max) {
  return {fmt::format("a whole number from {} to {}", min, max),
          [=](std::string_view text, Config& config) {
            const auto value = parse_whole(text, min, max);
            if (value) config.*member = static_cast<T>(*value);
            return value.has_value();
          }};
}

/// As whole_number, or the word "profile": none.
template <class T>
Parser number_or_profile(std::optional<T> Config::*member, std::int64_t min, std::int64_t max) {
  return {fmt::format("profile, or a whole number from {} to {}", min, max),
          [=](std::string_view text, Config& config) {
            (config.*member).reset();
            if (text == "profile") return true;
            const auto value = parse_whole(text, min, max);
            if (value) config.*member = T(*value);
            return value.has_value();
          }};
}

/// The name of one of the enum's values.
template <DescribedEnum E>
Parser one_of(E Config::*member) {
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (!names.empty()) names += " or ";
    names += d.name;
  });
  return {names, [=](std::string_view text, Config& config) {
            const auto value = enum_from_name<E>(text);
            if (value) config.*member = *value;
            return value.has_value();
          }};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

bool assign_host(std::string_view text, Config& config) {
  const bool ok = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  });
  if (ok) config.host = text;
  return ok;
}

// The form is SQLAlchemy's, with what follows the colon taken as a path: "rocksdb:./folder".
bool assign_database(std::string_view text, Config& config) {
  constexpr std::string_view scheme = "rocksdb:";
  if (!text.starts_with(scheme) || !is_printable(text)) return false;
  const std::string_view path = text.substr(scheme.size());
  // "rocksdb://host/…" reads like a server's address; there is no server.
  if (path.empty() || path.starts_with("//")) return false;
  config.data_directory = path;
  return true;
}

bool assign_algorithm(std::string_view text, Config&) { return text == "HS256"; }

bool assign_secret_key(std::string_view text, Config& config) {
  config.secret_key = text;
  return true;
}

bool assign_secret_key_previous(std::string_view text, Config& config) {
  config.secret_key_previous = text;
  return true;
}

bool assign_webhook_secret(std::string_view text, Config& config) {
  if (!http::auth::WebhookVerifier::from_secrets(text)) return false;
  config.webhook_secret = text;
  return true;
}

bool assign_metrics_token(std::string_view text, Config& config) {
  config.metrics_token = text;
  return text.empty() ||
         (text.size() >= http::auth::FixedToken::bytes_min &&
          std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; }));
}

bool assign_web_directory(std::string_view text, Config& config) {
  config.web_directory = text;
  return !text.empty() && is_printable(text);
}

/// As a browser writes the Origin field: scheme://host[:port], lower case, nothing after it.
bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view(".-:[]").find(c) != std::string_view::npos;
    });
  }
  return false;
}

bool assign_cors_origins(std::string_view text, Config& config) {
  std::vector<std::string> origins;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view origin = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (origin.starts_with(' ')) origin.remove_prefix(1);
    while (origin.ends_with(' ')) origin.remove_suffix(1);
    if (!is_origin(origin)) return false;
    origins.emplace_back(origin);
  }
  config.cors_origins = std::move(origins);
  return true;
}

bool assign_trusted_proxies(std::string_view text, Config& config) {
  auto networks = parse_ip_networks(text);
  if (networks) config.trusted_proxies = *std::move(networks);
  return networks.has_value();
}

Parser rate_limit(RateLimit Config::*member) {
  return {"a rate and a burst like 20/s burst 100 (per s, min or h), or 0 for no limit",
          [=](std::string_view text, Config& config) {
            const auto limit = parse_rate_limit(text);
            if (limit) config.*member = *limit;
            return limit.has_value();
          }};
}

// ---- The table ----------------------------------------------------------------------------------

constexpr std::int64_t day_s = 24 * 60 * 60;

std::vector<Setting> make_settings() {
  return {
      {"HOST",
       "127.0.0.1",
       "Address to listen on. The default is this machine only, because the demo profile is open; "
       "0.0.0.0 is every network.",
       {"an IP address or a host name", assign_host}},
      {"PORT", "8000", "Port to listen on; 0 takes any free one.",
       whole_number(&Config::port, 0, 65'535)},
      {"DATABASE_URL",
       "rocksdb:./boxoffice-data",
       "Where the data are: rocksdb: and a folder, relative to the working directory.",
       {"rocksdb:FOLDER (sqlite: and postgresql: are not supported)", assign_database}},
      {"PROFILE", "demo",
       "Who may do what: demo is open, for trying out; production asks for admins, owners and "
       "signatures.",
       one_of(&Config::profile)},
      {"SECRET_KEY",
       "",
       "Key that signs access tokens; production asks for 32 bytes or more.",
       {"any text", assign_secret_key},
       true},
      {"SECRET_KEY_PREVIOUS",
       "",
       "The key before it, while one is replaced: its tokens count, and none is signed with it.",
       {"any text", assign_secret_key_previous},
       true},
      {"ALGORITHM",
       "HS256",
       "How access tokens are signed; there is one way.",
       {"HS256 (the only one supported)", assign_algorithm}},
      {"ACCESS_TOKEN_EXPIRE_MINUTES", "30", "How long an access token is valid.",
       whole_number(&Config::access_token_ttl, 1, 365 * 24 * 60)},
      // The least is what OWASP advises; less would only help who has stolen the hashes.
      {"PASSWORD_MEMORY_MIB", "19",
       "Memory that hashing a password takes (argon2id). Older hashes count, and are made anew at "
       "the next login.",
       whole_number(&Config::password_memory_mib, 19, 1'024)},
      {"PASSWORD_PASSES", "2", "How often it goes through that memory.",
       whole_number(&Config::password_passes, 2, 16)},
      {"LOCK_TTL_SECONDS", "300", "How long locked seats are held.",
       whole_number(&Config::lock_ttl, 1, day_s)},
      {"LOCK_TTL_MAX_SECONDS", "900",
       "How long renewals can hold seats, from the first lock; not less than LOCK_TTL_SECONDS.",
       whole_number(&Config::lock_ttl_max, 1, day_s)},
      {"PAYMENT_DEADLINE_SECONDS", "600", "How long a booking waits for its payment.",
       whole_number(&Config::payment_deadline, 1, day_s)},
      {"PAYMENT_GRACE_SECONDS", "120",
       "How much longer it waits when a payment has been started before the deadline.",
       whole_number(&Config::payment_grace, 0, day_s)},
      {"LOCK_PROOF", "optional", "Whether a booking must name the lock (user_session) it books.",
       one_of(&Config::lock_proof)},
      {"SEATS_PER_OWNER_MAX", "10", "Seats that one owner may hold in a show.",
       whole_number(&Config::seats_per_owner_max, 1, 1'000)},
      {"LIVE_LOCKS_PER_OWNER_MAX", "profile",
       "Seats that one owner may have locked at once, in all shows together; profile: 1000 in "
       "demo, "
       "50 in production.",
       number_or_profile(&Config::live_locks_per_owner_max, 1, 100'000)},
      {"LOCK_COOLDOWN_SECONDS", "profile",
       "How long an owner that let a seat lapse may not lock it again; 0: not at all, profile: 0 "
       "in "
       "demo, 30 in production.",
       number_or_profile(&Config::lock_cooldown, 0, 3'600)},
      {"CORS_ORIGINS",
       "http://localhost:5173,http://localhost:3000",
       "Web origins whose pages may call the API, separated by commas; empty for none.",
       {"origins like https://example.com:8443, separated by commas, without a path (* is refused: "
        "answers carry credentials)",
        assign_cors_origins}},
      {"IO_THREADS", "0", "Threads that serve connections; 0 chooses by the machine's cores.",
       whole_number(&Config::io_threads, 0, 64)},
      {"CONNECTIONS_PER_ADDRESS_MAX", "256",
       "Connections that one client address (of IPv6, one /64) may have open; 0: no bound. "
       "TRUSTED_PROXIES have none, nor has this machine itself in the demo profile.",
       whole_number(&Config::connections_per_address_max, 0, 1'000'000)},
      {"READ_WAIT_MS", "250", "How long a read waits for the read models to catch up.",
       whole_number(&Config::read_wait, 0, 5'000)},
      {"STREAM_HEARTBEAT_MS", "15000",
       "How long a live stream may be silent before a comment is sent, so that proxies keep it.",
       whole_number(&Config::stream_heartbeat, 250, 600'000)},
      {"SNAPSHOT_EVERY_EVENTS", "1000000",
       "A snapshot is made whenever the log has grown by this many events; 0: never.",
       whole_number(&Config::snapshot_every_events, 0, 1'000'000'000)},
      {"LOG_WRITE_BUFFER_MIB", "64",
       "Newest events that are kept in memory too, before they become a table of the log. With "
       "less "
       "a start after a crash reads less, and there are more tables.",
       whole_number(&Config::log_write_buffer_mib, 1, 64)},
      {"QUEUE_DEPTH_MAX", "4096", "Commands that may wait for the engine; beyond it 503.",
       whole_number(&Config::queue_depth_max, 1, 1'000'000)},
      {"QUEUE_WAIT_MAX_MS", "1000",
       "How long a command may wait for the engine and its disk; when they are that far behind "
       "503. "
       "0: however long.",
       whole_number(&Config::queue_wait_max, 0, 600'000)},
      {"RATE_LIMIT_READS", "100/s burst 400",
       "Reads of one address, and of one user. Limits do not hold for this machine itself in the "
       "demo profile.",
       rate_limit(&Config::rate_limit_reads)},
      {"RATE_LIMIT_WRITES", "20/s burst 100", "Commands of one address, and of one user.",
       rate_limit(&Config::rate_limit_writes)},
      {"RATE_LIMIT_LOGINS", "1/s burst 30", "Logins and registrations of one address.",
       rate_limit(&Config::rate_limit_logins)},
      {"RATE_LIMIT_STREAMS", "5/s burst 50", "Live streams that one address, or one user, opens.",
       rate_limit(&Config::rate_limit_streams)},
      {"RATE_LIMIT_ADMIN", "200/s burst 1000",
       "Requests of admins, of monitors and of the payment gateway, each by address and user.",
       rate_limit(&Config::rate_limit_admin)},
      {"TRUSTED_PROXIES",
       "",
       "Proxies of ours in front of the server, whose word on the client's address is taken.",
       {"addresses and networks like 10.0.0.0/8, separated by commas", assign_trusted_proxies}},
      {"PROXY_HEADER", "x_forwarded_for",
       "The field in which these proxies say it: X-Forwarded-For or Forwarded.",
       one_of(&Config::proxy_header)},
      {"BALLAST_MIB", "192", "Size of the file to delete when the disk is full; 0 for none.",
       whole_number(&Config::ballast_mib, 0, 1'024)},
      {"WEBHOOK_SECRET",
       "",
       "Secret of signed payment callbacks; two, separated by a space, while one is replaced.",
       {"whsec_ and the base64 of 24 to 64 bytes", assign_webhook_secret},
       true},
      {"METRICS_TOKEN",
       "",
       "Bearer token that may read /metrics and /api/admin/status beside admins, whose tokens "
       "expire.",
       {"16 or more visible ASCII characters", assign_metrics_token},
       true},
      {"WEB_DIR",
       "build/web",
       "Folder of the built web pages.",
       {"a folder", assign_web_directory}},
      {"LOG_LEVEL", "info",
       "The least severe log lines that are written. Requests have ACCESS_LOG and SLOW_REQUEST_MS.",
       one_of(&Config::log_level)},
      {"ACCESS_LOG", "on", "Whether each request gets a line on standard error.",
       one_of(&Config::access_log)},
      {"SLOW_REQUEST_MS", "500",
       "Requests that take as long get a warning with what each stage took; 0 for none.",
       whole_number(&Config::slow_request, 0, 600'000)},
  };
}

}  // namespace

std::string Setting::option() const {
  std::string option = ascii_lower(name);
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> table = make_settings();
  return table;
}

}  // namespace boxoffice::tools::config
