#include "tools/status_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "http/json/write.h"
#include "tools/care/doctor.h"
#include "tools/care/records.h"
#include "tools/care/status.h"
#include "tools/server_link.h"

namespace boxoffice::tools {

namespace {

using care::Looked;
using http::api::HouseStatus;

constexpr std::chrono::seconds look_every{2};
constexpr const char* home_and_clear = "\x1b[H\x1b[2J";

struct Options {
  std::string url;  ///< of a running server; empty: the data directory is looked at
  bool watch = false;
  bool json = false;
};

// Where to look, and what it is called.
struct Source {
  std::string where;
  std::function<Result<Looked>()> look;
};

Result<Source> source_of(const CommandLine& line, const Options& options) {
  if (!options.url.empty()) {
    TRY(const auto server, ServerLink::to(options.url, "an admin's token, or to METRICS_TOKEN's"));
    return Source{options.url, [server]() -> Result<Looked> {
                    TRY(auto status, server.get<HouseStatus>("/api/admin/status"));
                    return Looked{std::move(status), std::nullopt};
                  }};
  }
  TRY(const auto config, load(line));
  const auto data = config.data_directory;
  return Source{data.string(), [data] { return care::status_of(data); }};
}

// Nothing of the terminal was changed, so there is nothing to put back.
void end_watching(int) { ::_exit(0); }

// A fault is told below what could be seen all the same.
Result<void> show(const Looked& looked, const std::string& text) {
  TRY(put(text));
  if (looked.fault) return *looked.fault;
  return success();
}

Result<void> show_again(const Source& source, const Options& options, bool is_terminal) {
  const auto looked = source.look();
  if (!looked) {
    // A server that is being restarted is waited for.
    if (looked.error().kind != FaultKind::unavailable) return looked.error();
    talk("boxoffice: " + looked.error().text);
    return success();
  }
  const HouseStatus& status = looked.value().status;
  if (options.json) return show(looked.value(), http::json::to_json(status) + "\n");
  if (!is_terminal) return show(looked.value(), care::line_of(status));
  return show(looked.value(), home_and_clear + care::screen_of(status, source.where));
}

Result<void> run_status(const CommandLine& line, const Options& options) {
  TRY(const auto source, source_of(line, options));
  if (!options.watch) {
    TRY(const auto looked, source.look());
    return show(looked, options.json ? http::json::to_json(looked.status) + "\n"
                                     : care::screen_of(looked.status, source.where));
  }
  std::signal(SIGINT, end_watching);
  std::signal(SIGTERM, end_watching);
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  while (true) {
    TRY(show_again(source, options, is_terminal));
    std::this_thread::sleep_for(look_every);
  }
}

Result<void> run_doctor(const CommandLine& line) {
  const auto findings = care::examine(load_what_can_be(line), care::machine_time());
  for (const auto& finding : findings.all()) {
    TRY(put(line.json ? http::json::to_json(finding) + "\n" : care::text_of(finding)));
  }
  const auto wrong = findings.count(care::Verdict::wrong);
  const auto warnings = findings.count(care::Verdict::warning);
  const std::string sum =
      fmt::format("{} checks: {} wrong, {} warnings", findings.all().size(), wrong, warnings);
  if (wrong > 0) return fault(FaultKind::differs, sum);
  talk(sum);
  return success();
}

}  // namespace

void add_doctor_command(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* const command =
      add_command(app, "doctor", "Look for what is wrong, or will be: what, why, how to mend it",
                  run_doctor, chosen);
  add_settings(*command, line, Settings::offline);
  command->add_flag("--json", line.json, "One JSON object a line");
}

void add_status_command(CLI::App& app, CommandLine& line, Run& chosen) {
  const auto options = std::make_shared<Options>();
  auto* const command = add_command(
      app, "status", "How the house is: log, read models, disk, last backup",
      [options](const CommandLine& l) { return run_status(l, *options); }, chosen);
  add_settings(*command, line, Settings::offline);
  command->add_option("--url", options->url,
                      "A running server's, instead of a data directory; in production with an "
                      "admin's token, or METRICS_TOKEN's, in BOXOFFICE_TOKEN");
  command->add_flag("--watch", options->watch, "Again every two seconds, until it is interrupted");
  command->add_flag("--json", options->json, "JSON, for programs");
}

}  // namespace boxoffice::tools
