// A frame as bytes: a fixed header, the events, and a SHA-256 over both, which is the frame's
// checksum and its link in the chain (the next header carries it). The grammar, with every offset,
// is docs/formats/log.md.
//
// Every EventLog stores exactly these bytes, so that equal events give equal chains everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "events/codec.h"
#include "events/events.h"

namespace boxoffice::engine::log {

inline constexpr std::size_t frame_header_bytes = 96;
inline constexpr std::size_t frame_hash_bytes = 32;

/// The format that this build writes; it reads that and all before it.
inline constexpr std::uint16_t frame_format = events::log_format;

/// Writes the frame that follows `head` to `out` (replaced) and returns its hash.
/// REQUIRES: draft.first follows head.last, the count is not 0, the body is under 4 GiB.
Sha256 encode_frame(const FrameDraft& draft, const Head& head, std::uint32_t logic_version,
                    std::vector<std::uint8_t>& out);

/// Reads the frame that is stored under `key`, and checks everything that can be checked without
/// its neighbours. FaultKind::newer_format: intact, but of a format that this build does not know;
/// anything else that is wrong is FaultKind::corrupt, naming the position and what is wrong.
Result<StoredFrame> decode_frame(Position key, std::span<const std::uint8_t> bytes);

/// The events of a frame. FaultKind::corrupt when they disagree with the frame's header; otherwise
/// as events::decode_frame.
Result<events::Frame> decode_events(const StoredFrame& frame);

/// The same over a frame that is not needed any more.
Result<void> decode_events(const StoredFrame& frame, events::Frame& out);

}  // namespace boxoffice::engine::log
