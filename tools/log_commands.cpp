// `boxoffice log …`: the options of the auditors' tools (tools/audit), and what they become.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/ensure.h"
#include "events/codec.h"
#include "http/json/write.h"
#include "tools/audit/diff.h"
#include "tools/audit/export.h"
#include "tools/audit/log_show.h"
#include "tools/audit/replay_at.h"
#include "tools/audit/source.h"
#include "tools/audit/trace.h"
#include "tools/audit/verify.h"
#include "tools/care/records.h"
#include "tools/command_line.h"
#include "tools/proof_commands.h"

namespace boxoffice::tools {

namespace {

using OpenLog = std::unique_ptr<engine::log::EventLog>;

Result<OpenLog> open(const CommandLine& line) {
  TRY(const auto config, load(line));
  return audit::open_log(config.data_directory);
}

audit::Range range_of(const CommandLine& line) {
  return {.from = Position(line.from), .to = Position(line.to)};
}

Result<void> run_show(const CommandLine& line) {
  TRY(const OpenLog log, open(line));
  return audit::show(*log, {.range = range_of(line), .json = line.json}, std::cout,
                     standard_talk());
}

void note(const std::filesystem::path& data, const audit::VerifyReport& report) {
  const Position last_good =
      report.bad_position ? Position(report.bad_position->value - 1) : report.last;
  // A copy that may only be read is audited all the same, and nothing is said of it.
  static_cast<void>(care::note(data, {.time = care::machine_time(),
                                      .position = last_good,
                                      .ok = report.ok,
                                      .fault = report.fault}));
}

Result<void> run_verify(const CommandLine& line) {
  TRY(const auto config, load(line));
  audit::VerifyOptions options{.directory = config.data_directory, .json = line.json};
  if (!line.no_note) {
    options.note = [&](const audit::VerifyReport& report) { note(config.data_directory, report); };
  }
  if (!line.head.empty()) {
    const auto checked = check_log_against_head(line);
    if (!checked) options.also = checked.error();
    // A path that was mistyped is told before an hour's work.
    const bool is_usage = !checked && (checked.error().kind == FaultKind::not_found ||
                                       checked.error().kind == FaultKind::invalid);
    if (is_usage) return checked;
  }
  return audit::verify(options, std::cout, standard_talk());
}

Result<void> run_replay(const CommandLine& line) {
  TRY(const auto at, audit::parse_moment(line.at));
  TRY(const OpenLog log, open(line));
  return audit::replay_at(*log,
                          {.at = at,
                           .show_id = ShowId(line.show_id),
                           .booking_id = BookingId(line.booking_id),
                           .user_id = UserId(line.user_id),
                           .digest = line.digest,
                           .json = line.json},
                          std::cout, standard_talk());
}

Result<void> run_trace(const CommandLine& line) {
  TRY(const auto subject, audit::parse_subject(line.what));
  TRY(const OpenLog log, open(line));
  return audit::trace(*log, {.subject = subject, .json = line.json}, std::cout, standard_talk());
}

Result<void> run_diff(const CommandLine& line) {
  TRY(const OpenLog left, audit::open_log(line.left));
  TRY(const OpenLog right, audit::open_log(line.right));
  return audit::diff(*left, *right, line.json, std::cout, standard_talk());
}

Result<void> run_export(const CommandLine& line) {
  const auto format = enum_from_name<audit::ExportFormat>(line.format);
  ENSURE(format, "the command line's parser knows the formats");
  TRY(const OpenLog log, open(line));
  TRY(const auto manifest, audit::export_log(*log,
                                             {.directory = line.output,
                                              .format = *format,
                                              .range = range_of(line),
                                              .redact = line.redact},
                                             standard_talk()));
  if (line.json) {
    std::cout << audit::to_json(manifest) << '\n';
  } else {
    std::cout << fmt::format("{} events written to {}\n", manifest.events,
                             manifest.files.front().name);
  }
  return audit::check_written(std::cout);
}

Result<void> run_schema(const CommandLine& line) {
  if (line.json) {
    std::cout << http::json::to_object("schema", events::schema_text()) << '\n';
  } else {
    std::cout << events::schema_text();
  }
  return audit::check_written(std::cout);
}

void add_range(CLI::App& command, CommandLine& line) {
  command.add_option("--from", line.from, "First position")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--to", line.to, "Last position")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
}

void add_verify(CLI::App& verify, CommandLine& line) {
  auto* head = verify.add_option("--head", line.head, "Also against this signed head");
  head->type_name("FILE");
  verify.add_option("--public-key", line.public_key, "That the head must be signed by")
      ->type_name("FILE")
      ->needs(head);
  verify.add_flag("--no-note", line.no_note,
                  "Write nothing, not even last-verify.json into the data directory");
}

void add_replay(CLI::App& replay, CommandLine& line) {
  replay
      .add_option("--at", line.at,
                  "After this position, or after the last event not later than this time "
                  "(2024-06-15T20:00:00Z); default: the log's end")
      ->type_name("POSITION|TIME");
  auto* show = replay.add_option("--show", line.show_id, "This show, seat by seat");
  auto* booking = replay.add_option("--booking", line.booking_id, "This booking");
  auto* user = replay.add_option("--user", line.user_id, "This user's bookings");
  for (auto* one : {show, booking, user}) one->type_name("ID")->check(CLI::PositiveNumber);
  auto* digest = replay.add_flag("--digest", line.digest, "Only the state's digest");
  show->excludes(booking)->excludes(user)->excludes(digest);
  booking->excludes(user)->excludes(digest);
  user->excludes(digest);
}

void add_export(CLI::App& command, CommandLine& line) {
  command.add_option("--format", line.format, "jsonl, csv or sqlite")
      ->required()
      ->check(CLI::IsMember({"jsonl", "csv", "sqlite"}));
  command.add_option("--output", line.output, "A directory that does not exist, or is empty")
      ->type_name("DIR")
      ->required();
  add_range(command, line);
  command.add_flag("--redact", line.redact, "Blank sessions, and what encrypts who somebody is");
}

}  // namespace

void add_log_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  auto* log = app.add_subcommand("log", "Look into the event log")->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, Run run) {
    CLI::App* command = add_command(*log, name, about, std::move(run), chosen);
    command->add_flag("--json", line.json, "JSON, for programs");
    return command;
  };
  const auto add_here = [&](const char* name, const char* about, Run run) {
    CLI::App* command = add(name, about, std::move(run));
    add_settings(*command, line, Settings::offline);
    return command;
  };

  add_range(*add_here("show", "Print events, one a line", run_show), line);
  add_verify(*add_here("verify", "Check the whole log, and replay it", run_verify), line);
  add_replay(*add_here("replay", "The state as it was", run_replay), line);
  add_here("trace", "Everything about one booking, seat, request or trace", run_trace)
      ->add_option("what", line.what, "booking:ID, seat:ID, request:ID or trace:ID")
      ->required();
  auto* diff = add("diff", "Where two logs part, and in what", run_diff);
  diff->add_option("a", line.left, "A data directory, or a log directory")->required();
  diff->add_option("b", line.right, "Another one")->required();
  add_export(*add_here("export", "The events as JSON lines, CSV or SQLite", run_export), line);
  add("schema", "Print the FlatBuffers schema of the events", run_schema);
}

}  // namespace boxoffice::tools
