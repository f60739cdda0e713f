// `boxoffice log verify`: is this log whole, unaltered, and possible?
//
// One walk: checksums, chain, dense positions, every event decoded, and the events replayed through
// the rules, where none may contradict those before it (an order of time included) and the state
// must have the digest that each frame records. At the end, the state's invariants.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/log/event_log.h"
#include "tools/progress.h"

namespace boxoffice::tools::audit {

/// What was verified, and what was not. Up to `last`, everything is in order.
struct VerifyReport {
  bool ok = false;
  std::uint64_t frames = 0;
  std::uint64_t events = 0;
  Position last;
  std::string chain;  ///< hash of the last good frame, hexadecimal
  std::optional<Instant> first_time;
  std::optional<Instant> last_time;
  std::optional<Position> bad_position;          ///< the first one that is not in order, if known
  std::optional<std::string> fault;              ///< what is wrong there
  std::vector<std::string> broken_invariants{};  ///< of the state after the last event
};
BOOST_DESCRIBE_STRUCT(VerifyReport, (),
                      (ok, frames, events, last, chain, first_time, last_time, bad_position, fault,
                       broken_invariants))

struct VerifyOptions {
  std::filesystem::path directory;
  bool json = false;
  /// Of a comparison that was made beside it (with a signed head); it stands in the report, too.
  std::optional<Fault> also = std::nullopt;
  /// Told what was found, also when it is bad; not when nothing can be said of the log, nor when it
  /// is in order and only `also` speaks against it.
  std::function<void(const VerifyReport&)> note{};
};

/// Walks `log`, adding to `report`. Faults: `corrupt`, `newer_format`, `io`; `differs` when every
/// event is in order but the state breaks an invariant.
Result<void> verify_log(const engine::log::EventLog& log, VerifyReport& report, Talk talk);

/// Prints the report, whatever it says, then returns the fault if there is one.
Result<void> verify(const VerifyOptions& options, std::ostream& out, Talk talk);

}  // namespace boxoffice::tools::audit
