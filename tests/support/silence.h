// Where a tool's talk goes in a test.
#pragma once

#include <sstream>

#include "tools/progress.h"

namespace boxoffice::tests {

struct Silence {
  std::ostringstream said;
  tools::Talk talk{said, false};
};

}  // namespace boxoffice::tests
