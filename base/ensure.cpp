#include "base/ensure.h"

#include <cstdio>
#include <cstdlib>

#include "base/ensure_trap.h"

namespace boxoffice {

namespace {

thread_local int traps = 0;

}  // namespace

EnsureTrap::EnsureTrap() { ++traps; }
EnsureTrap::~EnsureTrap() { --traps; }

void ensure_failed(const char* condition, const char* why, const char* file, int line) {
  if (traps > 0) throw BrokenEnsure(why);
  std::fprintf(stderr, "boxoffice: internal error at %s:%d: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace boxoffice
