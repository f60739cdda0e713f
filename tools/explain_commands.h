// `boxoffice explain`: what an error's code means, as its page /problems/CODE tells it.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

void add_explain_command(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
