#include "base/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace boxoffice {

void ensure_failed(const char* condition, const char* why, const char* file, int line) noexcept {
  std::fprintf(stderr, "boxoffice: internal error at %s:%d: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace boxoffice
