// `boxoffice status`: how a house is, on one screen.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

/// Adds the subcommand.
void add_status_command(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
