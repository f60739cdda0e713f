// What the files that know the command line share: the values that CLI11 fills in, and how a
// subcommand and its settings are registered.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "tools/config/config.h"

namespace boxoffice::tools {

inline constexpr const char* env_file = ".env";

struct CommandLine {
  std::map<std::string, std::string> given;  ///< settings, by option name
  bool create_env = false;
  bool demo_data = false;
  bool large = false;
  bool json = false;
  std::uint64_t from = 1;
  std::uint64_t to = ~std::uint64_t{0};
  std::string email;
  std::string role = "admin";
  std::string at;
  std::string what;
  std::uint32_t show_id = 0;
  std::uint32_t booking_id = 0;
  std::uint32_t user_id = 0;
  bool digest = false;
  std::string left;
  std::string right;
  std::string format;
  std::string output;
  bool redact = false;
  bool no_note = false;
  std::string head;        ///< file of a signed head
  std::string public_key;  ///< file of its signer's key
};

/// The work of a subcommand. Its fault is printed as one line and becomes the exit code.
using Run = std::function<Result<void>(const CommandLine&)>;

/// The settings as options: all of them for serve, those of the data and the log for the others.
enum class Settings { all, offline };
void add_settings(CLI::App& command, CommandLine& line, Settings which);

/// Adds `name` to `parent`; when it is what the user asked for, `chosen` becomes `run`.
CLI::App* add_command(CLI::App& parent, const char* name, const char* about, Run run, Run& chosen);

/// The settings, from all their sources. Warnings go to the program's log.
Result<config::Config> load(const CommandLine& line);

/// The same, and goes on at what load() refuses.
config::Settings load_what_can_be(const CommandLine& line);

/// Adds `boxoffice log …` (log_commands.cpp).
void add_log_commands(CLI::App& app, CommandLine& line, Run& chosen);

/// What was asked for, on standard output. Fault: `io`, when it was closed or is full.
Result<void> put(const std::string& text);

/// A line of talk, on standard error.
void talk(const std::string& line);

}  // namespace boxoffice::tools
