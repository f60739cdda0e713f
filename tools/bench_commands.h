// `boxoffice bench http`: a load on a running server; bench/ does the work.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

void add_bench_commands(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
