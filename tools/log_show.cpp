#include "tools/log_show.h"

#include <cstdio>
#include <string>

#include "engine/log/frame.h"
#include "engine/log/rocksdb_log.h"
#include "events/print.h"

namespace boxoffice::tools {

Result<void> log_show(const config::Config& config, const LogShowOptions& options) {
  TRY(const auto log,
      engine::log::open_rocksdb_log({.directory = config.data_directory / "log",
                                     .head_directory = config.data_directory / "head",
                                     .read_only = true}));
  const auto cursor = log->read(options.from);
  while (true) {
    TRY(const auto stored, cursor->next());
    if (!stored || stored->first > options.to) break;
    TRY(const auto frame, engine::log::decode_events(*stored));
    for (const events::Event& event : frame.events) {
      if (event.position < options.from || event.position > options.to) continue;
      const std::string line = options.json ? events::print_json(event) : events::print_line(event);
      if (std::puts(line.c_str()) < 0) {
        return fault(FaultKind::io, "standard output was closed");
      }
    }
  }
  if (std::fflush(stdout) != 0) return fault(FaultKind::io, "standard output was closed");
  return success();
}

}  // namespace boxoffice::tools
