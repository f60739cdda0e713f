// Proofs that an event is in the log: its frame, the frame's audit path, and a signed head. Whoever
// checks one needs neither the log nor a data directory (docs/formats/proof.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "engine/log/signed_head.h"
#include "events/events.h"
#include "tools/progress.h"

namespace boxoffice::tools::proofs {

struct Proof {
  Position position;                ///< of the event asked for
  std::uint64_t index = 0;          ///< of its frame, from 0
  std::vector<std::uint8_t> frame;  ///< as it is stored
  Position first;                   ///< of the frame
  std::vector<Sha256> path;
  engine::log::SignedHead head;
};

/// Proves that the event at `position` is in the log that was signed, reading every frame up to the
/// head. Faults: `not_found` (no such event, or newer than the head), `differs` (the log is not
/// what was signed), those of reading.
Result<Proof> prove(const engine::log::EventLog& log, Position position,
                    const engine::log::SignedHead& head, Talk talk);

/// Faults: `corrupt`, `newer_format`. `name` is how they call the file.
Result<Proof> parse_proof(std::string_view text, const std::string& name);
std::string print_proof(const Proof& proof);

/// The events of the frame, when all of the proof holds except that the signer is to be trusted:
/// the frame's own hash, its path to the root, the root's signature. Faults: `differs`, `corrupt`,
/// `newer_format`.
Result<events::Frame> check_proof(const Proof& proof);

}  // namespace boxoffice::tools::proofs
