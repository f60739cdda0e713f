// The program's own log, on standard error: plain lines on a terminal, one JSON object a line
// elsewhere. Text is escaped, so that nothing in it can forge a line.
//
// Threads: any.
#pragma once

#include <string_view>

namespace boxoffice::tools {

enum class LogLevel { debug, info, warning, error };

/// Lines below `level` are dropped from now on.
void set_log_level(LogLevel level);
void log(LogLevel level, std::string_view text);

}  // namespace boxoffice::tools
