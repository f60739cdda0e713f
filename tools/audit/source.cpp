#include "tools/audit/source.h"

#include <ostream>
#include <system_error>

#include "engine/frame_reader.h"
#include "engine/log/rocksdb_log.h"

namespace boxoffice::tools::audit {

Result<std::unique_ptr<engine::log::EventLog>> open_log(const std::filesystem::path& directory) {
  std::error_code error;
  const bool is_log = std::filesystem::exists(directory / "CURRENT", error);
  const auto data = is_log ? directory.parent_path() : directory;
  for (const auto& folder : {is_log ? directory : directory / "log", data / "head"}) {
    std::filesystem::directory_iterator(folder, error);
    if (error == std::errc::permission_denied) {
      return fault(FaultKind::io, "cannot read " + folder.string() + ": " + error.message());
    }
  }
  return engine::log::open_rocksdb_log({.directory = is_log ? directory : directory / "log",
                                        .head_directory = data / "head",
                                        .read_only = true});
}

Result<void> walk(const engine::log::EventLog& log, const Range& range, Progress& progress,
                  const Visit& visit) {
  engine::FrameReader reader(log.read(range.from), range.to);
  while (true) {
    TRY(const auto* const read, reader.next());
    if (read == nullptr) return success();
    progress.at(read->stored.last().value);
    TRY(const Step step, visit(read->stored, read->frame));
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
