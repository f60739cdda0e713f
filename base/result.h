// Result<T>: a value, or a Fault that says what in the environment failed.
//
// Three kinds of trouble are told apart everywhere: a *refusal* depends on input or state and is an
// ordinary value of the domain; a *fault* is the environment (disk, network, configuration) and
// travels in a Result; a *bug* trips ENSURE. A fault of the log is final for the process.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <string>
#include <utility>

#include "base/ids.h"

namespace boxoffice {

/// What kind of failure it was; the command-line tools map these to exit codes.
enum class FaultKind {
  io,            ///< a read, write or sync failed
  no_space,      ///< the disk is full
  locked,        ///< another process owns the resource (data directory, port)
  corrupt,       ///< stored bytes are not what was written
  newer_format,  ///< written by a newer version of the program
  invalid,       ///< a configuration value or argument is wrong
  not_found,     ///< the named thing does not exist
  unavailable,   ///< the engine is stopping or has stopped
  differs,       ///< a verification failed, or two things that were compared differ
};

/// One line that a person can act on, and its kind.
struct Fault {
  FaultKind kind = FaultKind::io;
  std::string text;
  Position position{};  ///< of the log: the first that is missing or wrong; none when not known
};

/// Reading the value of a failed Result terminates: check, or use TRY.
template <class T>
using Result = boost::outcome_v2::basic_result<T, Fault, boost::outcome_v2::policy::terminate>;

/// `return success();` from a function that returns Result<void>.
inline auto success() { return boost::outcome_v2::success(); }

/// `return fault(FaultKind::io, "…");`
inline Fault fault(FaultKind kind, std::string text, Position position = {}) {
  return Fault{kind, std::move(text), position};
}

}  // namespace boxoffice

/// `TRY(auto value, f());` or `TRY(f());`: unwraps, or returns the fault to the caller.
#define TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
