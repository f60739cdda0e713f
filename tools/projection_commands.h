// `boxoffice projections list|status|rebuild|verify`: the read models, seen by operators.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

/// Adds the subcommand.
void add_projection_commands(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
