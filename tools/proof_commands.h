// `boxoffice log head|keygen|check-head|prove|check-proof`.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

/// The log contains what `line.head` signed, by the key of `line.public_key` when that is given.
/// Says so on standard error. Faults: `differs`, or those of reading.
Result<void> check_log_against_head(const CommandLine& line);

/// Adds them to `boxoffice log`. REQUIRES: that is there already.
void add_proof_commands(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
