#include "tools/bench_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "tools/bench/load.h"
#include "tools/bench/report.h"
#include "tools/bench/server_side.h"
#include "tools/progress.h"
#include "tools/server_link.h"

namespace boxoffice::tools {

namespace {

struct Options {
  std::string url = "http://127.0.0.1:8000";
  std::string scenario = "spread";
  std::size_t connections = 64;
  double rate = 0;
  double duration_s = 10;
  std::size_t shows = 0;
  std::size_t seats = 0;
  bool no_sweep = false;
  bool json = false;
};

Result<bench::ScenarioName> scenario_named(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  if (const auto found = enum_from_name<bench::ScenarioName>(name)) return *found;
  return fault(FaultKind::invalid,
               "--scenario " + name + ": expected on-sale, spread, checkout, herd, poll or mixed");
}

void draw(const Talk& talk, double share, std::uint64_t answers, std::uint64_t before) {
  talk.out << fmt::format("\r{:3.0f} %  {} answers, {}/s\033[K", share * 100, answers,
                          (answers - before) * 10)
           << std::flush;
}

// On a connection of its own: those of the load may be of no use any more.
Result<void> sweep(const http::ServerUrl& server, const std::string& token, bench::Ledger& ledger,
                   bench::Report& report) {
  TRY(const auto connection, bench::Connections::open(server, 1));
  bench::ServerSide side(*connection, server, token);
  TRY(report.sweep,
      ledger.sweep([&](Position after, const auto& take) { return side.read_log(after, take); },
                   [&](ShowId show) { return side.captured(show); }));
  return success();
}

Result<void> verdict_on(const bench::Report& report) {
  if (report.sweep && report.sweep->faults > 0) {
    return fault(FaultKind::differs,
                 fmt::format("the server has acknowledged what is not true, {} times",
                             report.sweep->faults));
  }
  if (report.load.broken_off) return *report.load.broken_off;
  if (!report.load.first_failure.empty()) {
    return fault(FaultKind::io,
                 "some requests failed, the first with " + report.load.first_failure);
  }
  std::uint64_t done = 0;
  for (const bench::StepFigures& figures : report.load.steps) done += figures.done;
  if (done == 0) return fault(FaultKind::io, "nothing was done");
  return success();
}

Result<void> run_bench(const Options& options) {
  TRY(const auto scenario, scenario_named(options.scenario));
  TRY(const auto server, http::parse_server_url(options.url));
  const std::string token = token_of_environment();
  TRY(const auto connections, bench::Connections::open(server, options.connections));
  bench::ServerSide side(*connections, server, token);
  bench::Needs needs = bench::Scenario::needs(scenario);
  if (options.shows > 0) needs.shows = options.shows;
  if (options.seats > 0) needs.seats = options.seats;
  TRY(auto halls, side.make_shows(needs));

  bench::Ledger ledger;
  std::string buyer;
  if (needs.buyer) {
    TRY(buyer, side.register_buyer());
  }
  bench::Scenario customers(scenario, options.connections, server, buyer, halls,
                            options.no_sweep ? nullptr : &ledger, std::random_device()());
  const Talk talk = standard_talk();
  std::uint64_t before = 0;
  const auto watch = [&](double share, std::uint64_t answers) {
    if (talk.is_terminal) draw(talk, share, answers, std::exchange(before, answers));
  };
  bench::Report report{.url = options.url,
                       .scenario = scenario,
                       .connections = options.connections,
                       .rate = options.rate > 0 ? std::optional(options.rate) : std::nullopt,
                       .load = {},
                       .sweep = {}};
  const auto duration =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.duration_s * 1e3));
  report.load =
      bench::run_load(*connections, customers, {.rate = report.rate, .duration = duration}, watch);
  if (talk.is_terminal) talk.out << "\r\033[K" << std::flush;
  // What was measured is told, whatever becomes of the check.
  const auto checked =
      options.no_sweep ? Result<void>(success()) : sweep(server, token, ledger, report);
  TRY(put(options.json ? to_json(report) : to_table(report)));
  if (!checked) return checked.error();
  return verdict_on(report);
}

}  // namespace

void add_bench_commands(CLI::App& app, CommandLine&, Run& chosen) {
  auto* bench = app.add_subcommand("bench", "Measure a running server");
  bench->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  auto* command = add_command(
      *bench, "http", "Put a load on a server over HTTP, and check all that it acknowledged",
      [options](const CommandLine&) { return run_bench(*options); }, chosen);
  command->add_option("--url", options->url, "The server")->capture_default_str();
  command
      ->add_option("--scenario", options->scenario,
                   "What customers do: on-sale, spread, checkout, herd, poll or mixed")
      ->capture_default_str();
  command->add_option("--connections", options->connections, "Customers, a connection each")
      ->check(CLI::Range(std::size_t{1}, std::size_t{60'000}))
      ->capture_default_str();
  command
      ->add_option("--rate", options->rate,
                   "Visits a second, whether those before are over or not (open loop); without "
                   "it each customer comes again when it is done (closed loop)")
      ->check(CLI::Range(0.001, 1e6));
  command->add_option("--duration", options->duration_s, "Seconds")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  command->add_option("--shows", options->shows, "Shows to make for it; as the scenario needs")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--seats", options->seats, "Seats of each; as the scenario needs")
      ->check(CLI::Range(1, 20'000));
  command->add_flag("--no-sweep", options->no_sweep,
                    "Leave out the check of what was acknowledged, which reads the log");
  command->add_flag("--json", options->json, "One JSON object");
}

}  // namespace boxoffice::tools
