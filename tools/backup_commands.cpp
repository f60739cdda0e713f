#include "tools/backup_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "base/bytes.h"
#include "http/json/write.h"
#include "tools/backup/backup.h"
#include "tools/backup/segments.h"
#include "tools/care/records.h"

namespace boxoffice::tools {

namespace {

struct Options {
  std::string directory;
  std::int64_t number = 0;
  std::string into;
  std::string to;
  bool with_keys = false;
  bool json = false;
};

// For `status` and `doctor`. A backup that cannot be noted is a backup all the same.
void note_backup(const std::filesystem::path& data, const std::string& directory, Position last) {
  std::error_code error;
  const auto noted = care::note(data, {.time = care::machine_time(),
                                       .position = last,
                                       .directory = std::filesystem::absolute(directory, error)});
  if (!noted) talk("not noted in the data directory: " + noted.error().text);
}

// "1200" is a position, "2026-01-31T18:00:00Z" a time.
Result<backup::Until> parse_until(const std::string& text) {
  backup::Until out;
  if (text.empty()) return out;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end) {
    out.position = Position(number);
    return out;
  }
  out.time = parse_instant(text);
  if (out.time) return out;
  return fault(FaultKind::invalid, "--to: a position, or a time such as 2026-01-31T18:00:00Z");
}

bool is_within(const std::filesystem::path& path, const std::filesystem::path& folder) {
  std::error_code error;
  const auto inner = std::filesystem::weakly_canonical(path, error);
  const auto outer = std::filesystem::weakly_canonical(folder, error);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<void> run_create(const CommandLine& line, const Options& options) {
  TRY(const auto config, load(line));
  if (is_within(options.directory, config.data_directory)) {
    return fault(FaultKind::invalid,
                 fmt::format("{} is in the data directory, and would be lost with it: name a "
                             "directory elsewhere, on another disk",
                             options.directory));
  }
  TRY(const auto created, backup::create(config.data_directory, options.directory,
                                         options.with_keys, care::machine_time(), standard_talk()));
  note_backup(config.data_directory, options.directory, created.last);
  if (!options.json) {
    return put(created.frames == 0
                   ? fmt::format("nothing new: up to position {}\n", created.last.value)
                   : fmt::format("{} frames added, up to position {}\n", created.frames,
                                 created.last.value));
  }
  std::string out;
  http::json::ObjectWriter(out)
      .member("frames_added", created.frames)
      .member("last_position", created.last)
      .end();
  return put(out + "\n");
}

std::string row(const backup::Manifest& manifest, bool json) {
  if (json) return http::json::to_json(manifest) + "\n";
  return fmt::format("{:>6}  positions {} to {}  {} frames  {} bytes  log time {}  made {}\n",
                     manifest.number, manifest.first, manifest.last, manifest.frames,
                     manifest.bytes, manifest.log_time, manifest.created);
}

Result<void> run_list(const CommandLine&, const Options& options) {
  TRY(const auto found, backup::open_backup(options.directory));
  if (found.segments.empty()) return backup::no_backup(options.directory);
  for (const auto& manifest : found.segments) {
    TRY(put(row(manifest, options.json)));
  }
  return success();
}

Result<void> run_verify(const CommandLine&, const Options& options) {
  std::optional<std::int64_t> number;
  if (options.number != 0) number = options.number;
  TRY(const auto found, backup::verify(options.directory, number, standard_talk()));
  const auto head = found.head();
  if (!options.json) {
    return put(fmt::format("intact: {} of {} segments read, up to position {}\n",
                           number ? 1 : found.segments.size(), found.segments.size(),
                           head.last.value));
  }
  std::string out;
  http::json::ObjectWriter(out)
      .member("segments", static_cast<std::uint64_t>(found.segments.size()))
      .member("last_position", head.last)
      .member("chain", to_hex(head.chain.bytes))
      .end();
  return put(out + "\n");
}

Result<void> run_restore(const CommandLine&, const Options& options) {
  TRY(const auto until, parse_until(options.to));
  TRY(const auto restored,
      backup::restore(options.directory, options.into, until, standard_talk()));
  if (!restored.keys) {
    talk("this backup has no keys: copy keys/ from where it is kept before the first start");
  }
  if (!options.json) {
    return put(fmt::format("restored and replayed: up to position {}, {}\n",
                           restored.head.last.value, to_string(restored.time)));
  }
  std::string out;
  http::json::ObjectWriter(out)
      .member("last_position", restored.head.last)
      .member("chain", to_hex(restored.head.chain.bytes))
      .member("log_time", restored.time)
      .member("keys", restored.keys)
      .end();
  return put(out + "\n");
}

}  // namespace

void add_backup_commands(CLI::App& app, CommandLine& line, Run& chosen) {
  CLI::App* group = app.add_subcommand("backup", "Save the log elsewhere, and restore it");
  group->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* about,
                       Result<void> (*run)(const CommandLine&, const Options&)) {
    CLI::App* command = add_command(
        *group, name, about,
        [run, options](const CommandLine& given) { return run(given, *options); }, chosen);
    command->add_option("directory", options->directory, "Of the backup")
        ->required()
        ->type_name("DIR");
    command->add_flag("--json", options->json, "JSON, one object a line");
    return command;
  };

  CLI::App* create =
      add("create", "Add what is new in the log; works beside a running server", run_create);
  add_settings(*create, line, Settings::offline);
  create->add_flag("--with-keys", options->with_keys,
                   "Also the keys of the data directory, in place of those saved before");
  add("list", "Print the segments", run_list);
  add("verify", "Read everything, or one segment, and check it", run_verify)
      ->add_option("id", options->number, "Number of the segment")
      ->type_name("ID")
      ->check(CLI::PositiveNumber);
  CLI::App* restore = add("restore", "Make a data directory of it, and replay it", run_restore);
  restore->add_option("--into", options->into, "The data directory: missing or empty")
      ->required()
      ->type_name("DIR");
  restore->add_option("--to", options->to, "Only whole frames up to this position or log time")
      ->type_name("POSITION|TIME");
}

}  // namespace boxoffice::tools
