#include "tools/audit/log_show.h"

#include <ostream>

#include "events/print.h"

namespace boxoffice::tools::audit {

Result<void> show(const engine::log::EventLog& log, const ShowOptions& options, std::ostream& out,
                  Talk talk) {
  Progress progress(talk, "reading", log.head().last.value);
  TRY(walk_events(log, options.range, progress, [&](const events::Event& event) -> Result<void> {
    out << (options.json ? events::print_json(event) : events::print_line(event)) << '\n';
    if (!out) return check_written(out);
    return success();
  }));
  return check_written(out);
}

}  // namespace boxoffice::tools::audit
