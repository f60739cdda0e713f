// `boxoffice backup create|list|verify|restore`.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

void add_backup_commands(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
