// How the program ends: the same numbers from every subcommand.
#pragma once

#include "base/result.h"

namespace boxoffice::tools {

enum ExitCode : int {
  exit_ok = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_differences = 3,  ///< verification failed, or differences found
  exit_not_found = 4,
  exit_unavailable = 6,  ///< locked by another process, or not reachable
  exit_corruption = 7,
};

inline ExitCode exit_code_of(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::io:
    case FaultKind::no_space: return exit_failed;
    case FaultKind::locked:
    case FaultKind::unavailable: return exit_unavailable;
    case FaultKind::corrupt:
    case FaultKind::newer_format: return exit_corruption;
    case FaultKind::invalid: return exit_usage;
    case FaultKind::not_found: return exit_not_found;
    case FaultKind::differs: return exit_differences;
  }
  return exit_failed;
}

}  // namespace boxoffice::tools
