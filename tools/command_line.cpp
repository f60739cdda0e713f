#include "tools/command_line.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

bool is_offline(const std::string& name) { return name == "DATABASE_URL" || name == "LOG_LEVEL"; }

}  // namespace

void add_settings(CLI::App& command, CommandLine& line, Settings which) {
  for (const auto& setting : config::settings()) {
    if (setting.secret || (which == Settings::offline && !is_offline(setting.name))) continue;
    command
        .add_option_function<std::string>(
            "--" + setting.option(),
            [&line, name = setting.option()](const std::string& value) {
              line.given[name] = value;
            },
            fmt::format("{} (env {}; default {})", setting.about, setting.name,
                        setting.default_text.empty() ? "none" : setting.default_text))
        ->type_name("");
  }
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* about, Run run, Run& chosen) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->callback([run = std::move(run), &chosen] { chosen = run; });
  return command;
}

Result<config::Config> load(const CommandLine& line) {
  TRY(auto loaded, config::load_config(line.given, config::process_environment(), env_file));
  for (const std::string& warning : loaded.warnings) log(LogLevel::warning, warning);
  set_log_level(static_cast<LogLevel>(loaded.log_level));
  return loaded;
}

config::Settings load_what_can_be(const CommandLine& line) {
  auto loaded = config::load_what_can_be(line.given, config::process_environment(), env_file);
  for (const std::string& warning : loaded.config.warnings) log(LogLevel::warning, warning);
  set_log_level(static_cast<LogLevel>(loaded.config.log_level));
  return loaded;
}

Result<void> put(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return fault(FaultKind::io, "standard output was closed");
  }
  return success();
}

void talk(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

}  // namespace boxoffice::tools
