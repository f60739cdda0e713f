#include "tools/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/ensure.h"
#include "base/text.h"
#include "tools/config/env_file.h"

namespace boxoffice::tools::config {

namespace {

constexpr std::size_t secret_key_bytes_min = 32;  // RFC 7518, 3.2: as long as the hash's output

/// A value as it was found.
struct Found {
  std::string text;
  Source source = Source::default_value;
  std::string source_text;
};

// One line, whatever the value holds; a URL may carry a password (scheme://user:password@host).
std::string printable(const Setting& setting, const std::string& text) {
  constexpr std::size_t length_max = 200;
  if (setting.secret) return text.empty() ? "" : "[hidden]";
  if (text.find('@') != std::string::npos) {
    return text.substr(0, std::min(text.find(':'), text.size())) + ":[hidden]";
  }
  std::string out;
  for (const char c : text.substr(0, length_max)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  if (text.size() > length_max) out += "…";
  return out;
}

/// "PORT=70000 (.env line 3)"; a secret's value is left out.
std::string described(const Setting& setting, const Found& found) {
  if (setting.secret) return fmt::format("{} ({})", setting.name, found.source_text);
  return fmt::format("{}={} ({})", setting.name, printable(setting, found.text), found.source_text);
}

Found find_value(const Setting& setting, const std::map<std::string, std::string>& command_line,
                 const EnvironmentLookup& environment, const EnvFile& env_file,
                 const std::string& env_file_name) {
  if (const auto option = command_line.find(setting.option()); option != command_line.end()) {
    return {option->second, Source::command_line, "command line"};
  }
  if (auto text = environment(setting.name)) {
    return {std::move(*text), Source::environment, "environment"};
  }
  if (const auto entry = env_file.find(setting.name); entry != env_file.end()) {
    return {entry->second.text, Source::env_file,
            fmt::format("{} line {}", env_file_name, entry->second.line)};
  }
  return {setting.default_text, Source::default_value, "default"};
}

Result<void> refuse_unknown_options(const std::map<std::string, std::string>& command_line) {
  for (const auto& [option, text] : command_line) {
    const bool known = std::any_of(
        settings().begin(), settings().end(),
        [&](const Setting& setting) { return !setting.secret && setting.option() == option; });
    if (!known) return fault(FaultKind::invalid, "--" + option + ": there is no such option");
  }
  return success();
}

/// Secrets that everybody knows: from READMEs, templates and tutorials.
bool is_placeholder(std::string_view secret) {
  constexpr std::array<std::string_view, 10> known = {"your-secret-key-here",
                                                      "your-secret-key",
                                                      "your_secret_key",
                                                      "change-me",
                                                      "changeme",
                                                      "change_me",
                                                      "replace-me",
                                                      "secret",
                                                      "password",
                                                      "example"};
  const std::string text = ascii_lower(secret);
  // A placeholder made longer ("your-secret-key-here-change-in-production") is one as well.
  return std::any_of(known.begin(), known.end(), [&](std::string_view placeholder) {
    return text == placeholder || (placeholder.size() > 8 && text.starts_with(placeholder));
  });
}

bool has_few_different_bytes(std::string_view secret) {
  constexpr std::size_t different_min = 8;  // "aaaa…" and "12341234…" are long but not secret
  std::string sorted(secret);
  std::sort(sorted.begin(), sorted.end());
  const auto different = std::unique(sorted.begin(), sorted.end()) - sorted.begin();
  return static_cast<std::size_t>(different) < different_min;
}

/// What is wrong with the key, if anything.
std::optional<std::string> weakness_of(const std::string& secret_key) {
  if (secret_key.empty()) return "is not set";
  if (is_placeholder(secret_key)) return "is a placeholder that everybody knows";
  if (secret_key.size() < secret_key_bytes_min) {
    return fmt::format("is shorter than {} bytes", secret_key_bytes_min);
  }
  if (has_few_different_bytes(secret_key)) return "is easy to guess";
  return std::nullopt;
}

const SettingValue& value_of(const Config& config, std::string_view name) {
  const auto found = std::find_if(config.values.begin(), config.values.end(),
                                  [&](const SettingValue& v) { return v.setting->name == name; });
  ENSURE(found != config.values.end(), "every setting has a value");
  return *found;
}

/// Refuses a weak key in production, warns of it in the demo profile.
Result<void> check_strength(std::string_view name, const std::string& key, Config& config) {
  const std::optional<std::string> weakness = weakness_of(key);
  if (!weakness) return success();
  const std::string source = value_of(config, name).source_text;
  if (config.profile == Profile::production) {
    return fault(FaultKind::invalid,
                 fmt::format("{} ({}): {}; the production profile needs a random one, for "
                             "example from `head -c 32 /dev/urandom | base64`",
                             name, source, *weakness));
  }
  config.warnings.push_back(
      fmt::format("{} ({}): {}; the demo profile goes on, production would "
                  "not",
                  name, source, *weakness));
  return success();
}

Result<void> check_keys(Config& config) {
  const std::string& previous = config.secret_key_previous;
  if (!previous.empty() && previous == config.secret_key) {
    // Who has replaced the key because it was known would go on to accept it.
    return fault(FaultKind::invalid,
                 fmt::format("SECRET_KEY_PREVIOUS ({}): is the same as SECRET_KEY; set SECRET_KEY "
                             "to a new one, or leave SECRET_KEY_PREVIOUS out",
                             value_of(config, "SECRET_KEY_PREVIOUS").source_text));
  }
  // The demo profile goes on without one: serve draws one, and says so.
  if (!config.secret_key.empty() || config.profile == Profile::production) {
    TRY(check_strength("SECRET_KEY", config.secret_key, config));
  }
  if (previous.empty()) return success();
  return check_strength("SECRET_KEY_PREVIOUS", previous, config);
}

/// The checks that look at more than one setting.
Result<void> check_together(Config& config) {
  if (config.lock_ttl > config.lock_ttl_max) {
    const SettingValue& ttl = value_of(config, "LOCK_TTL_SECONDS");
    const SettingValue& max = value_of(config, "LOCK_TTL_MAX_SECONDS");
    return fault(FaultKind::invalid,
                 fmt::format("LOCK_TTL_SECONDS={} ({}): is more than LOCK_TTL_MAX_SECONDS={} ({})",
                             ttl.text, ttl.source_text, max.text, max.source_text));
  }
  return check_keys(config);
}

void warn_of_unknown_keys(const EnvFile& env_file, const std::string& env_file_name,
                          Config& config) {
  for (const auto& [key, value] : env_file) {
    const bool known = std::any_of(settings().begin(), settings().end(),
                                   [&](const Setting& setting) { return setting.name == key; });
    if (known) continue;
    config.warnings.push_back(fmt::format("{} line {}: {} is not a setting and is ignored",
                                          env_file_name, value.line, key));
  }
}

}  // namespace

EnvironmentLookup process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* text = std::getenv(name.c_str());
    if (text == nullptr) return std::nullopt;
    return text;
  };
}

bool lacks_proxies(const Config& config) {
  return config.profile == Profile::production && config.trusted_proxies.empty() &&
         (config.host == "localhost" || config.host.starts_with("127.") || config.host == "::1");
}

Settings load_what_can_be(const std::map<std::string, std::string>& command_line,
                          const EnvironmentLookup& environment,
                          const std::filesystem::path& env_file) {
  Settings out;
  const auto refuse = [&](Fault fault) { out.refused.push_back(std::move(fault)); };
  if (auto known = refuse_unknown_options(command_line); !known) refuse(known.error());
  auto read = read_env_file(env_file);
  if (!read) refuse(read.error());
  const EnvFile file = read ? std::move(read).value() : EnvFile();
  bool is_known_where = out.refused.empty();
  for (const Setting& setting : settings()) {
    const Found found = find_value(setting, command_line, environment, file, env_file.string());
    if (!setting.parser.assign(found.text, out.config)) {
      refuse(fault(FaultKind::invalid, fmt::format("{}: expected {}", described(setting, found),
                                                   setting.parser.accepts)));
      const bool assigned = setting.parser.assign(setting.default_text, out.config);
      ENSURE(assigned, "every default is accepted");
      if (setting.name == "DATABASE_URL") is_known_where = false;
    }
    out.config.values.push_back(
        {&setting, printable(setting, found.text), found.source, found.source_text});
  }
  if (!is_known_where) out.config.data_directory.clear();
  warn_of_unknown_keys(file, env_file.string(), out.config);
  if (!out.refused.empty()) return out;
  if (auto together = check_together(out.config); !together) refuse(together.error());
  return out;
}

Result<Config> load_config(const std::map<std::string, std::string>& command_line,
                           const EnvironmentLookup& environment,
                           const std::filesystem::path& env_file) {
  auto loaded = load_what_can_be(command_line, environment, env_file);
  if (!loaded.refused.empty()) return loaded.refused.front();
  return std::move(loaded.config);
}

std::string env_example() {
  std::string text =
      "# Settings of Box Office. Copy to `.env` and remove the # before what you change.\n"
      "# The command line and the environment come before this file.\n";
  for (const Setting& setting : settings()) {
    text += fmt::format("\n# {} Accepted: {}.\n#{}={}\n", setting.about, setting.parser.accepts,
                        setting.name, setting.default_text);
  }
  return text;
}

}  // namespace boxoffice::tools::config
