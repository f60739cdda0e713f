#include "tools/audit/source.h"

#include <fmt/format.h>

#include <ostream>
#include <system_error>

#include "engine/domain/evolve.h"
#include "engine/log/frame.h"
#include "engine/log/rocksdb_log.h"
#include "events/codec.h"

namespace boxoffice::tools::audit {

Result<std::unique_ptr<engine::log::EventLog>> open_log(const std::filesystem::path& directory) {
  std::error_code error;
  const bool is_log = std::filesystem::exists(directory / "CURRENT", error);
  const auto data = is_log ? directory.parent_path() : directory;
  return engine::log::open_rocksdb_log({.directory = is_log ? directory : directory / "log",
                                        .head_directory = data / "head",
                                        .read_only = true});
}

Result<void> walk(const engine::log::EventLog& log, const Range& range, Progress& progress,
                  const Visit& visit) {
  const auto cursor = log.read(range.from);
  while (true) {
    TRY(const auto stored, cursor->next());
    if (!stored || stored->first > range.to) return success();
    if (stored->logic_version > engine::domain::logic_version) {
      return events::written_by_newer_version(
          stored->first, fmt::format("logic {} (this version has {})", stored->logic_version,
                                     engine::domain::logic_version));
    }
    TRY(const auto frame, engine::log::decode_events(*stored));
    progress.at(stored->last().value);
    TRY(const Step step, visit(*stored, frame));
    if (step == Step::stop) return success();
  }
}

Result<void> walk_events(const engine::log::EventLog& log, const Range& range, Progress& progress,
                         const std::function<Result<void>(const events::Event&)>& visit) {
  return walk(log, range, progress,
              [&](const engine::log::StoredFrame&, const events::Frame& frame) -> Result<Step> {
                for (const events::Event& event : frame.events) {
                  if (!range.contains(event.position)) continue;
                  TRY(visit(event));
                }
                return Step::go_on;
              });
}

Result<void> check_written(std::ostream& out) {
  if (!out.flush()) return fault(FaultKind::io, "the output was closed, or is full");
  return success();
}

}  // namespace boxoffice::tools::audit
