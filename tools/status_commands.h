// `boxoffice status`, how a house is, on one screen, and `boxoffice doctor`, what is wrong with it.
#pragma once

#include "tools/command_line.h"

namespace boxoffice::tools {

void add_status_command(CLI::App& app, CommandLine& line, Run& chosen);
void add_doctor_command(CLI::App& app, CommandLine& line, Run& chosen);

}  // namespace boxoffice::tools
