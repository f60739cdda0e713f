// A snapshot: the whole state as it was after one event, so that recovery need not replay the log
// from its beginning. It is derived from the log and may be deleted at any time.
//
// As bytes it is a header, the packed state (base/packed.h) and a SHA-256 over both; every offset
// is in docs/formats/snapshot.md. Its shape is that of the state, so a build of another
// `logic_version` or `format` does not read it and replays instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "engine/domain/state.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine {

inline constexpr std::size_t snapshot_header_bytes = 88;
/// Counted up when the packed state changes its shape.
inline constexpr std::uint16_t snapshot_format = 1;

struct Snapshot {
  log::Head head;  ///< the log's when it ended there: always the end of a frame
  domain::State state;
};

std::string encode_snapshot(const Snapshot& snapshot);

/// Faults: `corrupt` when a byte is not as it was written, or when the state does not have the
/// digest that was recorded; `newer_format` when it is intact and of another format or logic.
Result<Snapshot> decode_snapshot(std::span<const std::uint8_t> bytes);

}  // namespace boxoffice::engine
