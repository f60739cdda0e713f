// boxoffice: the one binary. Reads the command line and hands over; nothing else happens here.
//
// Data goes to standard output, talk to standard error; see exit_codes.h for how it ends.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "base/ensure.h"
#include "events/codec.h"
#include "http/api/api.h"
#include "tools/backup_commands.h"
#include "tools/bench_commands.h"
#include "tools/command_line.h"
#include "tools/config/config.h"
#include "tools/config/env_file.h"
#include "tools/demo_data.h"
#include "tools/exit_codes.h"
#include "tools/explain_commands.h"
#include "tools/logging.h"
#include "tools/projection_commands.h"
#include "tools/proof_commands.h"
#include "tools/serve.h"
#include "tools/snapshot.h"
#include "tools/status_commands.h"

namespace boxoffice::tools {

namespace {

Result<void> run_serve(const CommandLine& line) {
  if (line.create_env) {
    TRY(const bool created, config::ensure_env_file(env_file));
    if (created) log(LogLevel::info, "created .env with a random SECRET_KEY");
  }
  TRY(const auto loaded, load(line));
  return serve(loaded, {.demo_data = line.demo_data});
}

Result<std::unique_ptr<House>> open_alone(const config::Config& config) {
  auto house = House::open(config);
  if (house || house.error().kind != FaultKind::locked) return house;
  return fault(FaultKind::locked, house.error().text + ": stop the server first");
}

Result<void> run_seed(const CommandLine& line) {
  TRY(auto loaded, load(line));
  if (loaded.profile == config::Profile::production) {
    return fault(FaultKind::invalid, "seed: not in production, its password is public");
  }
  // By the demo's rules, also where bookings must name their lock.
  loaded.lock_proof = config::LockProof::optional;
  TRY(const auto house, open_alone(loaded));
  TRY(const auto counts, write_demo_data(*house, line.large));
  std::puts(fmt::format("{} written, {} already there", counts.written, counts.present).c_str());
  return success();
}

Result<void> run_snapshot_create(const CommandLine& line) {
  TRY(const auto loaded, load(line));
  return snapshot_create(loaded);
}

Result<void> run_snapshot_list(const CommandLine& line) {
  TRY(const auto loaded, load(line));
  return snapshot_list(loaded, line.json);
}

Result<void> run_snapshot_verify(const CommandLine& line) {
  TRY(const auto loaded, load(line));
  return snapshot_verify(loaded, line.json);
}

// The open data directory and the user with the address that the line names.
struct FoundUser {
  std::unique_ptr<House> house;
  UserId user_id;
  events::Role role;
};

Result<FoundUser> find_user(const CommandLine& line) {
  TRY(const auto loaded, load(line));
  if (!std::filesystem::exists(loaded.data_directory / "log")) {
    return fault(FaultKind::not_found, "there is no log in " + loaded.data_directory.string());
  }
  TRY(auto house, open_alone(loaded));
  const auto user = house->user(line.email);
  if (!user) return fault(FaultKind::not_found, "no user has the address " + line.email);
  return FoundUser{std::move(house), user->user_id, user->role};
}

Result<void> run_promote(const CommandLine& line) {
  const auto role = enum_from_name<events::Role>(line.role);
  if (line.role == "gateway") {
    return fault(FaultKind::invalid,
                 "--role gateway: no user has it; the payment gateway is whoever signs with "
                 "WEBHOOK_SECRET");
  }
  if (!role) {
    return fault(FaultKind::invalid, fmt::format("--role {}: expected admin or user", line.role));
  }
  TRY(const auto found, find_user(line));
  if (found.role == *role) {
    std::puts(fmt::format("{} has the role {} already", line.email, line.role).c_str());
    return success();
  }
  TRY(found.house->call(engine::domain::ChangeUserRole{found.user_id, *role}));
  std::puts(
      fmt::format("{} has the role {} now, also with the tokens of before", line.email, line.role)
          .c_str());
  return success();
}

Result<void> run_erase(const CommandLine& line) {
  TRY(const auto found, find_user(line));
  TRY(found.house->call(engine::domain::EraseUser{found.user_id}));
  std::puts(fmt::format("user {} is erased: nobody can read who it was. Backups that hold keys/ "
                        "still can, until they are deleted",
                        found.user_id.value)
                .c_str());
  return success();
}

Result<void> run_config(const CommandLine& line) {
  TRY(const auto loaded, load(line));
  for (const auto& value : loaded.values) {
    std::puts(fmt::format("{:<32} {:<44} {}", value.setting->name, value.text, value.source_text)
                  .c_str());
  }
  return success();
}

Result<void> run_openapi(const CommandLine&) {
  std::puts(http::api::openapi_document().c_str());
  return success();
}

// With the newest log that it reads, and the only one that it writes.
std::string version_text() {
  return fmt::format("boxoffice {} (log format {})", BOXOFFICE_VERSION, events::log_format);
}

Result<void> run_version(const CommandLine&) {
  std::puts(version_text().c_str());
  return success();
}

void add_snapshot_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* snapshot_command =
      app.add_subcommand("snapshot", "States to start from")->require_subcommand(1);
  auto* create = add_command(*snapshot_command, "create", "Replay the log and write a snapshot",
                             run_snapshot_create, chosen);
  add_settings(*create, line, Settings::offline);
  auto* list =
      add_command(*snapshot_command, "list", "Print the snapshots", run_snapshot_list, chosen);
  add_settings(*list, line, Settings::offline);
  list->add_flag("--json", line.json, "One JSON object a line");
  auto* verify =
      add_command(*snapshot_command, "verify", "Compare the snapshots with the log, replayed",
                  run_snapshot_verify, chosen);
  add_settings(*verify, line, Settings::offline);
  verify->add_flag("--json", line.json, "One JSON object a line");
}

void add_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* serve_command = add_command(app, "serve", "Serve the API", run_serve, chosen);
  add_settings(*serve_command, line, Settings::all);
  serve_command->footer(
      "SECRET_KEY, SECRET_KEY_PREVIOUS, WEBHOOK_SECRET and METRICS_TOKEN are read from the\n"
      "environment or .env only: options are seen by others. `boxoffice config` shows every "
      "setting and where its value came from.");
  serve_command->add_flag("--demo-data", line.demo_data,
                          "Write the demo data first when the log is empty");
  serve_command->add_flag("--create-env", line.create_env,
                          "Create .env with a random SECRET_KEY when there is none");

  auto* seed_command = add_command(app, "seed", "Write the demo data", run_seed, chosen);
  add_settings(*seed_command, line, Settings::offline);
  seed_command->add_flag("--large", line.large, "Also write the city-sized data set");

  add_log_commands(app, line, chosen);
  add_proof_commands(app, line, chosen);
  add_backup_commands(app, line, chosen);
  add_bench_commands(app, line, chosen);
  add_projection_commands(app, line, chosen);
  add_status_command(app, line, chosen);
  add_doctor_command(app, line, chosen);

  add_snapshot_commands(app, line, chosen);

  auto* users_command = app.add_subcommand("users", "Manage users")->require_subcommand(1);
  auto* promote_command =
      add_command(*users_command, "promote", "Give a user a role; an admin's without --role",
                  run_promote, chosen);
  add_settings(*promote_command, line, Settings::offline);
  promote_command->add_option("email", line.email, "The user's address")->required();
  promote_command->add_option("--role", line.role, "admin, or user to take it back");
  auto* erase_command =
      add_command(*users_command, "erase", "Destroy who a user is; what they bought stays sold",
                  run_erase, chosen);
  add_settings(*erase_command, line, Settings::offline);
  erase_command->add_option("email", line.email, "The user's address")->required();

  auto* config_command = add_command(
      app, "config", "Show every setting and where its value came from", run_config, chosen);
  add_settings(*config_command, line, Settings::all);
  add_explain_command(app, line, chosen);
  add_command(app, "openapi", "Print the OpenAPI document", run_openapi, chosen);
  add_command(app, "version", "Print the version", run_version, chosen);
}

// CLI11 only says that a subcommand is missing.
bool is_unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  return std::none_of(commands.begin(), commands.end(),
                      [&](const CLI::App* command) { return command->get_name() == argv[1]; });
}

// The number of one that is closed would go to the next file that is opened, a file of the log
// perhaps, and what is printed into that.
void open_standard_streams() {
  int file = 0;
  do {
    file = ::open("/dev/null", O_RDWR);
  } while (file >= 0 && file <= STDERR_FILENO);
  if (file > STDERR_FILENO) ::close(file);
}

int run(int argc, char** argv) {
  CLI::App app("Box Office: an event-sourced cinema booking engine", "boxoffice");
  app.require_subcommand(1);
  CommandLine line;
  Run chosen;
  add_commands(app, line, chosen);
  app.set_version_flag("--version", version_text());
  if (is_unknown_command(app, argc, argv)) {
    std::fputs(
        fmt::format("boxoffice: {} is not a command; see boxoffice --help\n", argv[1]).c_str(),
        stderr);
    return exit_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::fputs(fmt::format("boxoffice: {}; see boxoffice --help\n", error.what()).c_str(), stderr);
    return exit_usage;
  }
  ENSURE(chosen, "a parsed command line names a command");
  const auto done = chosen(line);
  if (done) return exit_ok;
  std::fputs(fmt::format("boxoffice: {}\n", done.error().text).c_str(), stderr);
  return exit_code_of(done.error());
}

}  // namespace

}  // namespace boxoffice::tools

int main(int argc, char** argv) {
  // What this program writes (addresses, password hashes, keys) is its owner's alone.
  ::umask(077);
  boxoffice::tools::open_standard_streams();
  try {
    return boxoffice::tools::run(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(fmt::format("boxoffice: {}\n", error.what()).c_str(), stderr);
    return boxoffice::tools::exit_failed;
  }
}
