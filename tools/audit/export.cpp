#include "tools/audit/export.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "engine/log/sha256.h"
#include "http/json/write.h"
#include "tools/audit/export_writer.h"
#include "tools/audit/redact.h"

namespace boxoffice::tools::audit {

namespace {

Result<void> prepare(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const bool is_empty = !error && std::filesystem::is_empty(directory, error);
  if (error) {
    return fault(FaultKind::io, "cannot create " + directory.string() + ": " + error.message());
  }
  if (is_empty) return success();
  return fault(FaultKind::invalid, directory.string() +
                                       " is not empty: an export is never mixed "
                                       "with other files");
}

void count(Manifest& manifest, const events::Event& event) {
  ++manifest.events;
  ++manifest.counts[std::string(events::type_name(event.body))];
  if (!manifest.first) {
    manifest.first = event.position;
    manifest.first_time = event.time;
  }
  manifest.last = event.position;
  manifest.last_time = event.time;
}

Result<void> write_events(const engine::log::EventLog& log, const ExportOptions& options,
                          ExportWriter& writer, Manifest& manifest, Talk talk) {
  Progress progress(talk, "exporting", std::min(options.range.to, log.head().last).value);
  TRY(walk(log, options.range, progress,
           [&](const engine::log::StoredFrame& stored, const events::Frame& frame) -> Result<Step> {
             for (events::Event event : frame.events) {
               if (!options.range.contains(event.position)) continue;
               if (options.redact) redact(event);
               TRY(writer.add(event));
               count(manifest, event);
             }
             manifest.chain = ChainHead{stored.last(), to_hex(stored.hash.bytes)};
             return Step::go_on;
           }));
  return writer.close();
}

Result<ExportedFile> describe_file(const std::filesystem::path& path) {
  ExportedFile file{.name = path.filename().string()};
  std::error_code error;
  file.bytes = std::filesystem::file_size(path, error);
  if (error) return fault(FaultKind::io, "cannot read " + path.string() + ": " + error.message());
  TRY(const Sha256 hash, engine::log::sha256_of_file(path));
  file.sha256 = to_hex(hash.bytes);
  return file;
}

Result<void> write_manifest(const Manifest& manifest, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  file << to_json(manifest) << '\n';
  file.close();
  if (!file) return fault(FaultKind::io, "cannot write " + path.string());
  return success();
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  std::string counts;
  http::json::ObjectWriter by_type(counts);
  for (const auto& [type, number] : manifest.counts) by_type.member(type, number);
  by_type.end();
  std::string text;
  http::json::ObjectWriter(text)
      .member("format", manifest.format)
      .member("redacted", manifest.redacted)
      .member("events", manifest.events)
      .member("first", manifest.first)
      .member("last", manifest.last)
      .member("first_time", manifest.first_time)
      .member("last_time", manifest.last_time)
      .member("chain", manifest.chain)
      .raw_member("counts", counts)
      .member("files", manifest.files)
      .end();
  return text;
}

Result<Manifest> export_log(const engine::log::EventLog& log, const ExportOptions& options,
                            Talk talk) {
  TRY(prepare(options.directory));
  const auto path = options.directory / export_file_name(options.format);
  TRY(const auto writer, open_export_writer(options.format, path));
  Manifest manifest{.format = std::string(enum_name(options.format)), .redacted = options.redact};
  TRY(write_events(log, options, *writer, manifest, talk));
  TRY(auto file, describe_file(path));
  manifest.files.push_back(std::move(file));
  TRY(write_manifest(manifest, options.directory / "manifest.json"));
  return manifest;
}

}  // namespace boxoffice::tools::audit
