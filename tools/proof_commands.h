// `boxoffice log head|keygen|check-head|prove|check-proof`.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

/// Adds them to `boxoffice log`. REQUIRES: that is there already.
void add_proof_commands(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
