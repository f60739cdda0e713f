// The settings of the program: what there is, where each value comes from, what is accepted.
//
// One table, settings(), says it all once: the command-line options, --help, `.env.example`, the
// output of `boxoffice config` and the checks are all made from it. To add a setting, add a member
// to Config and a row to the table in settings.cpp.
//
// A value comes from, first found first: the command line, the environment, the `.env` file, the
// default. Values of secrets are never printed, not even in an error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/token_buckets.h"

namespace boxoffice::tools::config {

/// `demo`: open, as the README's walk-through needs it; `production`: admins, owners, signatures.
BOOST_DEFINE_FIXED_ENUM_CLASS(Profile, std::uint8_t, demo, production)
/// Whether a booking must name the lock that it books.
BOOST_DEFINE_FIXED_ENUM_CLASS(LockProof, std::uint8_t, optional, required)
/// In which field our proxies say whom they were called by.
BOOST_DEFINE_FIXED_ENUM_CLASS(ProxyHeader, std::uint8_t, x_forwarded_for, forwarded)
BOOST_DEFINE_FIXED_ENUM_CLASS(Switch, std::uint8_t, on, off)
BOOST_DEFINE_FIXED_ENUM_CLASS(LogLevel, std::uint8_t, debug, info, warning, error)

/// Where a value was found.
enum class Source { command_line, environment, env_file, default_value };

struct Setting;

/// One setting's value as text, and where it came from.
struct SettingValue {
  const Setting* setting = nullptr;
  std::string text;  ///< what `boxoffice config` prints; "[hidden]" or "" for a secret
  Source source = Source::default_value;
  std::string source_text;  ///< "default", "environment", ".env line 3", "command line"
};

struct Config {
  std::string host;
  std::uint16_t port = 0;                ///< 0: any free port
  std::filesystem::path data_directory;  ///< from DATABASE_URL
  Profile profile = Profile::demo;
  std::string secret_key;  ///< empty only in the demo profile: no token can be signed without one
  std::string secret_key_previous;  ///< whose tokens still count; empty: none
  std::chrono::minutes access_token_ttl{};
  std::size_t password_memory_mib = 0;
  std::uint64_t password_passes = 0;
  std::chrono::seconds lock_ttl{};
  std::chrono::seconds lock_ttl_max{};  ///< from the first lock, renewals included
  std::chrono::seconds payment_deadline{};
  std::chrono::seconds payment_grace{};
  LockProof lock_proof = LockProof::optional;
  std::uint16_t seats_per_owner_max = 0;
  std::optional<std::int32_t> live_locks_per_owner_max;  ///< none: as the profile says
  std::optional<std::chrono::seconds> lock_cooldown;     ///< none: as the profile says
  std::vector<std::string> cors_origins;
  std::size_t io_threads = 0;  ///< 0: as many as the machine gives
  std::chrono::milliseconds read_wait{};
  std::chrono::milliseconds stream_heartbeat{};
  std::size_t connections_per_address_max = 0;  ///< 0: no bound
  std::size_t queue_depth_max = 0;
  std::chrono::milliseconds queue_wait_max{};  ///< 0: however long
  std::vector<IpNetwork> trusted_proxies;
  ProxyHeader proxy_header = ProxyHeader::x_forwarded_for;
  RateLimit rate_limit_reads{};
  RateLimit rate_limit_writes{};
  RateLimit rate_limit_logins{};
  RateLimit rate_limit_streams{};
  RateLimit rate_limit_admin{};
  std::uint64_t snapshot_every_events = 0;
  std::size_t log_write_buffer_mib = 0;
  std::uint64_t ballast_mib = 0;  ///< of tools/disk_space.h; 0: none
  std::string webhook_secret;     ///< for http/auth/webhook.h; empty: production refuses callbacks
  std::string metrics_token;      ///< that may read figures beside admins; empty: none
  std::filesystem::path web_directory;
  LogLevel log_level = LogLevel::info;
  Switch access_log = Switch::on;
  std::chrono::milliseconds slow_request{};  ///< 0: none is

  std::vector<SettingValue> values;   ///< one per row of settings(), in its order
  std::vector<std::string> warnings;  ///< one line each, worth logging at start
};

/// How a setting's text is read: what it accepts, in words, and the reading itself.
struct Parser {
  std::string accepts;  ///< "a whole number from 1 to 65535"
  std::function<bool(std::string_view text, Config& config)> assign;  ///< false: not accepted
};

/// One row of the table.
struct Setting {
  std::string name;          ///< in the environment and in `.env`: "LOCK_TTL_SECONDS"
  std::string default_text;  ///< read by the same parser
  std::string about;         ///< one line for --help and `.env.example`
  Parser parser;
  bool secret = false;  ///< never printed, and no command-line option (others see those)

  /// The command-line option without its dashes: "lock-ttl-seconds".
  std::string option() const;
};

/// All settings, in the order in which they are shown.
const std::vector<Setting>& settings();

/// Looks a name up in the environment; tests stand a map in here.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
/// The lookup in the process's environment.
EnvironmentLookup process_environment();

/// The settings, as far as they are accepted.
struct Settings {
  Config config;  ///< the default in the place of each one that cannot be read; no data
                  ///< directory when it is not known which one is meant
  std::vector<Fault> refused;  ///< as of load_config, one for each that is not accepted
};

/// Whether it looks as if a proxy on this machine were to be in front, and nobody has said so: then
/// all its clients count as one.
bool lacks_proxies(const Config& config);

/// As load_config, and goes on at what it refuses: for who wants to know all that is wrong.
Settings load_what_can_be(const std::map<std::string, std::string>& command_line,
                          const EnvironmentLookup& environment,
                          const std::filesystem::path& env_file);

/// Reads every setting. `command_line`: values by option name ("port"); `env_file`: a missing file
/// counts as an empty one. Faults: `invalid`, one line that names the setting, the source of its
/// value and what is accepted; `io` when `env_file` cannot be read.
Result<Config> load_config(const std::map<std::string, std::string>& command_line,
                           const EnvironmentLookup& environment,
                           const std::filesystem::path& env_file);

/// The text of `.env.example`: every setting with its explanation and default, commented out.
std::string env_example();

}  // namespace boxoffice::tools::config
