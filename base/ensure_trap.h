// EnsureTrap: an ENSURE that fails is a finding, not the end of the process.
//
// For auditors' tools alone: they apply the rules to a log that may have been forged, where a
// contradiction is what they are looking for. Everything else aborts (see ensure.h).
#pragma once

#include <stdexcept>

namespace boxoffice {

/// What a failed ENSURE throws while an EnsureTrap exists; what() is its `why`.
class BrokenEnsure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// While one exists, a failed ENSURE in the same thread throws BrokenEnsure instead of aborting.
/// What it interrupted is half done: throw that away.
class EnsureTrap {
 public:
  EnsureTrap();
  ~EnsureTrap();
  EnsureTrap(const EnsureTrap&) = delete;
  EnsureTrap& operator=(const EnsureTrap&) = delete;
};

}  // namespace boxoffice
