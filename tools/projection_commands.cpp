#include "tools/projection_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/this_thread.h"
#include "http/api/operations.h"
#include "http/json/write.h"
#include "projections/read_models.h"
#include "tools/audit/source.h"
#include "tools/care/stored_models.h"
#include "tools/prepared_models.h"
#include "tools/progress.h"
#include "tools/rebuild.h"
#include "tools/server_link.h"

namespace boxoffice::tools {

namespace {

using http::api::ReadModelStatus;
using http::api::RebuildState;
using projections::ReadModels;

const std::string admin_path = "/api/admin/projections";

constexpr std::chrono::milliseconds poll_every{100};

struct Options {
  std::vector<std::string> names;
  bool all = false;
  std::string url;  ///< of a running server; empty: the data directory is worked on
};

// ---- What is on disk ----------------------------------------------------------------------------

Result<void> run_list(const CommandLine& line) {
  std::string out;
  for (const auto& known : ReadModels::known()) {
    out += line.json ? fmt::format(R"({{"name":"{}","version":{}}})", known.name, known.version)
                     : fmt::format("{:<12} version {}", known.name, known.version);
    out += '\n';
  }
  return put(out);
}

Result<void> put_remote_status(const ServerLink& server, bool json) {
  TRY(const auto models, server.get<http::api::ReadModelList>(admin_path));
  std::string out;
  for (const ReadModelStatus& model : models.projections) {
    out +=
        json ? http::json::to_json(model)
             : fmt::format("{:<12} version {}  position {:>10}  {:>10} events, {} ms behind  {}",
                           model.name, model.version, model.position.value, model.behind_events,
                           model.behind_ms, model.stopped ? "STOPPED: " + *model.stopped : "runs");
    out += '\n';
  }
  return put(out);
}

Result<void> run_status(const CommandLine& line, const Options& options) {
  if (!options.url.empty()) {
    TRY(const auto server, ServerLink::to(options.url));
    return put_remote_status(server, line.json);
  }
  TRY(const auto config, load(line));
  TRY(const auto log, audit::open_log(config.data_directory));
  TRY(const auto models, care::stored_models(config.data_directory, log->head().last));
  std::string out;
  for (const care::StoredModel& model : models) {
    out += line.json ? http::json::to_json(model)
                     : fmt::format("{:<12} version {}  position {:>10}  {:>10} events behind  {}",
                                   model.name, model.stored_version, model.position.value,
                                   model.behind_events, model.state);
    out += '\n';
  }
  return put(out);
}

// ---- Making them anew ---------------------------------------------------------------------------

std::string text_of(const RebuildReport& report) {
  const double seconds = static_cast<double>(report.duration_ms) / 1000;
  std::string text =
      fmt::format("{:<12} position {}, {:.1f} s", report.name, report.position.value, seconds);
  if (report.was_stopped) {
    text += ": it had stopped, there was nothing to compare with";
  } else if (report.first_difference) {
    text += ": it differed, " + *report.first_difference;
  } else {
    text += fmt::format(": {} rows, all alike", report.rows);
  }
  return text + (report.mode == RebuildMode::replace ? "; made anew" : "");
}

// The read models of a stopped server, as far as its log goes; the log is only read.
struct Offline {
  std::unique_ptr<engine::log::EventLog> log;
  std::unique_ptr<ReadModels> models;
  std::mutex folding;
};

Result<std::unique_ptr<Offline>> open_offline(const config::Config& config) {
  auto offline = std::make_unique<Offline>();
  TRY(offline->log, audit::open_log(config.data_directory));
  TRY(offline->models, ReadModels::open((config.data_directory / "read").string()));
  Progress progress(standard_talk(), "folding", offline->log->head().last.value);
  TRY(fold_to_end(*offline->log, *offline->models,
                  [&](Position at, Position) { progress.at(at.value); }));
  return offline;
}

Result<void> rebuild_one(Offline& offline, const std::string& name, RebuildMode mode, bool json) {
  Progress progress(standard_talk(), name, offline.models->position().value);
  RebuildReport report;
  auto done = rebuild(
      {*offline.models, *offline.log, offline.folding}, name, mode,
      [&](Position at) -> Result<void> {
        progress.at(at.value);
        return success();
      },
      report);
  // What was found is told, too, when it is the fault.
  if (done || done.error().kind == FaultKind::differs) {
    TRY(put((json ? http::json::to_json(report) : text_of(report)) + "\n"));
  }
  return done;
}

// ---- Before an upgrade --------------------------------------------------------------------------

// Beside a server, which goes first.
Result<void> run_prepare(const CommandLine& line) {
  become_background();
  TRY(const auto config, load(line));
  std::optional<Progress> progress;
  Position end;
  TRY(const Position at, prepare_models(config.data_directory, [&](Position now, Position last) {
        if (std::exchange(end, last) != last)
          progress.emplace(standard_talk(), "folding", last.value);
        progress->at(now.value);
      }));
  return put(line.json ? fmt::format("{{\"position\":{}}}\n", at.value)
                       : fmt::format("prepared up to position {}; the next start of this version "
                                     "goes on from there\n",
                                     at.value));
}

// ---- The same on a running server ---------------------------------------------------------------

Result<ReadModelStatus> wait_for(const ServerLink& server, const std::string& name) {
  std::optional<Progress> progress;
  while (true) {
    TRY(auto status, server.get<ReadModelStatus>(admin_path + "/" + name));
    if (!status.rebuild) return fault(FaultKind::unavailable, name + ": the server was restarted");
    const auto state = status.rebuild->state;
    if (state == RebuildState::done || state == RebuildState::failed) return status;
    if (!progress) progress.emplace(standard_talk(), name, status.position.value);
    progress->at(status.rebuild->position.value);
    std::this_thread::sleep_for(poll_every);
  }
}

Result<void> rebuild_remotely(const ServerLink& server, const std::string& name, RebuildMode mode,
                              bool json) {
  const std::string way = mode == RebuildMode::replace ? "/rebuild" : "/verify";
  TRY(const auto begun, server.post<ReadModelStatus>(admin_path + "/" + name + way));
  TRY(const auto status, wait_for(server, begun.name));
  const auto& rebuilt = *status.rebuild;
  RebuildReport report{.name = name,
                       .mode = mode,
                       .version = status.version,
                       .position = rebuilt.position,
                       .rows = static_cast<std::uint64_t>(rebuilt.rows),
                       .first_difference = rebuilt.first_difference,
                       .was_stopped = rebuilt.was_stopped,
                       .duration_ms = static_cast<std::uint64_t>(rebuilt.duration_ms)};
  const bool sound = rebuilt.state == RebuildState::done;
  if (sound || rebuilt.first_difference) {
    TRY(put((json ? http::json::to_json(report) : text_of(report)) + "\n"));
  }
  if (sound) return success();
  return fault(rebuilt.fault_kind.value_or(FaultKind::unavailable),
               rebuilt.fault.value_or("it failed"));
}

// ---- Which --------------------------------------------------------------------------------------

std::vector<std::string> names_of(const Options& options) {
  if (!options.all) return options.names;
  std::vector<std::string> names;
  for (const auto& known : ReadModels::known()) names.push_back(known.name);
  return names;
}

// A mistyped name is told before an hour's work.
Result<void> check_names(const std::vector<std::string>& names) {
  const auto known = ReadModels::known();
  for (const std::string& name : names) {
    if (std::ranges::find(known, name, &ReadModels::Status::name) != known.end()) continue;
    return fault(FaultKind::not_found, fmt::format("there is no read model {}", name));
  }
  if (names.empty()) return fault(FaultKind::invalid, "name read models, or --all");
  return success();
}

// All of them, also when one differs; the first difference is what is told in the end.
Result<void> for_each_name(const std::vector<std::string>& names,
                           const std::function<Result<void>(const std::string&)>& work) {
  Result<void> first = success();
  for (const std::string& name : names) {
    auto done = work(name);
    if (!done && done.error().kind != FaultKind::differs) return done;
    if (!done && first) first = std::move(done);
  }
  return first;
}

Result<void> run_rebuild(const CommandLine& line, const Options& options, RebuildMode mode) {
  const auto names = names_of(options);
  TRY(check_names(names));
  if (!options.url.empty()) {
    TRY(const auto server, ServerLink::to(options.url));
    return for_each_name(names, [&](const std::string& name) {
      return rebuild_remotely(server, name, mode, line.json);
    });
  }
  TRY(const auto config, load(line));
  TRY(const auto offline, open_offline(config));
  TRY(for_each_name(names, [&](const std::string& name) {
    return rebuild_one(*offline, name, mode, line.json);
  }));
  return offline->models->flush();
}

}  // namespace

void add_projection_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* const projections =
      app.add_subcommand("projections", "The read models")->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* about, Run run) {
    auto* const command = add_command(*projections, name, about, std::move(run), chosen);
    command->add_flag("--json", line.json, "One JSON object a line");
    return command;
  };
  const auto add_url = [&](CLI::App& command) {
    add_settings(command, line, Settings::offline);
    command.add_option("--url", options->url,
                       "A running server's, instead of a data directory; in production with an "
                       "admin's token in BOXOFFICE_TOKEN");
  };
  add_settings(*add("list", "Name the read models", run_list), line, Settings::offline);
  add_url(*add("status", "How far they are, beside the log",
               [options](const CommandLine& l) { return run_status(l, *options); }));
  add_settings(*add("prepare",
                    "Make those of this version beside a server of another one, before an upgrade",
                    run_prepare),
               line, Settings::offline);
  for (const auto mode : {RebuildMode::replace, RebuildMode::verify}) {
    const bool replaces = mode == RebuildMode::replace;
    auto* const command =
        add(replaces ? "rebuild" : "verify",
            replaces ? "Make them anew from the log, while they answer"
                     : "Compare their rows with rows made anew from the log",
            [options, mode](const CommandLine& l) { return run_rebuild(l, *options, mode); });
    add_url(*command);
    command->add_option("names", options->names, "Which; see `boxoffice projections list`");
    command->add_flag("--all", options->all, "Every one");
  }
}

}  // namespace boxoffice::tools
