// `boxoffice log export`: the events for other programs, as JSON lines, CSV or SQLite, and a
// manifest of what was written. The formats are described in docs/formats/export.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/log/event_log.h"
#include "tools/audit/source.h"

namespace boxoffice::tools::audit {

BOOST_DEFINE_FIXED_ENUM_CLASS(ExportFormat, std::uint8_t, jsonl, csv, sqlite)

struct ExportOptions {
  std::filesystem::path directory{};  ///< created; must not hold anything
  ExportFormat format = ExportFormat::jsonl;
  Range range{};
  bool redact = false;  ///< e-mail, names, password hashes and sessions are blanked
};

/// Where the log stood at the end of what was exported: `hash` covers everything up to `position`.
struct ChainHead {
  Position position;
  std::string hash;
};
BOOST_DESCRIBE_STRUCT(ChainHead, (), (position, hash))

struct ExportedFile {
  std::string name;
  std::uintmax_t bytes = 0;
  std::string sha256{};
};
BOOST_DESCRIBE_STRUCT(ExportedFile, (), (name, bytes, sha256))

struct Manifest {
  std::string format;
  bool redacted = false;
  std::uint64_t events = 0;
  std::optional<Position> first{};
  std::optional<Position> last{};
  std::optional<Instant> first_time{};
  std::optional<Instant> last_time{};
  std::optional<ChainHead> chain{};
  std::map<std::string, std::uint64_t> counts{};  ///< events by type; in the JSON, an object
  std::vector<ExportedFile> files{};
};

std::string to_json(const Manifest& manifest);

/// Writes `events.jsonl`, `.csv` or `.sqlite`, and then `manifest.json`: a directory without that
/// is an export that was cut off. Faults: `invalid` when the directory holds something; `io`;
/// otherwise as walk.
Result<Manifest> export_log(const engine::log::EventLog& log, const ExportOptions& options,
                            Talk talk);

}  // namespace boxoffice::tools::audit
