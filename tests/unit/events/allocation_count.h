// Counts what this program allocates through operator new. A file of its own, so that no compiler
// sees allocation and counter at once.
#pragma once

#include <cstddef>

namespace boxoffice::tests {

/// Allocations since the program began.
std::size_t allocation_count();

}  // namespace boxoffice::tests
