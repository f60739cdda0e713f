// ENSURE: an assertion that is on in every build.
//
// A broken invariant in a booking engine is a seat sold twice; stopping is always the cheaper
// outcome. ENSURE is for bugs only: nothing that a user can send, and no disk or network failure,
// may trip one (those are refusals and faults, see result.h).
#pragma once

namespace boxoffice {

/// Prints `condition`, its place and `why` to standard error and aborts. (Throws instead while an
/// auditor's tool has set an EnsureTrap, see ensure_trap.h.)
[[noreturn]] void ensure_failed(const char* condition, const char* why, const char* file, int line);

}  // namespace boxoffice

#define ENSURE(condition, why)                         \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::boxoffice::ensure_failed(#condition, why, __FILE__, __LINE__))
