// What a log is now, to be signed, and whether a log still is what somebody signed.
#pragma once

#include <optional>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "engine/log/signed_head.h"
#include "tools/progress.h"

namespace boxoffice::tools::proofs {

/// The log's head without a signature; reads and checks every frame (checksum, chain). With
/// `since`, the log must still contain that head, and only newer frames are read. Faults:
/// `not_found` (the log is empty), `differs` (it does not contain `since`), those of reading.
Result<engine::log::SignedHead> describe_log(const engine::log::EventLog& log,
                                             const std::optional<engine::log::SignedHead>& since,
                                             Talk talk);

/// Signature right, and by `trusted` when that is given. Fault: `differs`.
Result<void> check_signer(const engine::log::SignedHead& head,
                          const std::optional<engine::log::SigningPublicKey>& trusted);

/// The log contains exactly what was signed: it reaches the head's position, with the same chain
/// hash, number of frames and root there. Reads all frames up to it. Says nothing about the
/// signature: check_signer. Faults: `differs`, saying in what; those of reading.
Result<void> check_head(const engine::log::EventLog& log, const engine::log::SignedHead& head,
                        Talk talk);

}  // namespace boxoffice::tools::proofs
