// Events to bytes and back. The only place that knows the FlatBuffers schema (events/schema).
//
// A frame's body is one FlatBuffers buffer (root table `Frame`, file identifier "BXEV"), so that
// stock `flatc` can read it. One buffer for all its events lets them share their vtables.
//
// Threads: a FrameEncoder belongs to one thread; decode_frame may be called from any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/events.h"
#include "events/upcast.h"

namespace boxoffice::events {

/// The format that this build writes: one number for the schema and for the frame around its
/// events. Every frame carries it. A release that changes either, be it by one more field, raises
/// it, so that an older build sees from the last frame alone that it must not touch the log.
inline constexpr std::uint16_t log_format = 1;

/// The fault of whoever meets what a later version has written: `what` it was, at `position`.
Fault written_by_newer_version(Position position, std::string_view what);

/// Encodes the events of one frame while they are decided.
class FrameEncoder {
 public:
  FrameEncoder();
  ~FrameEncoder();
  FrameEncoder(const FrameEncoder&) = delete;
  FrameEncoder& operator=(const FrameEncoder&) = delete;

  /// Appends `event` to the open frame.
  void add(const Event& event);

  /// Number of events in the open frame, and roughly how many bytes they take.
  std::size_t count() const;
  std::size_t size_bytes() const;

  /// Closes the frame: writes its bytes to `out` (replaced) and starts the next one.
  /// REQUIRES: count() > 0, positions gapless.
  void finish(Instant time, std::vector<std::uint8_t>& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Decodes a frame's body and takes old events to the newest version of their types. Every event is
/// fully checked: a type, version, field or enum value that this build does not know is
/// FaultKind::newer_format and names it; anything malformed is FaultKind::corrupt.
Result<Frame> decode_frame(std::span<const std::uint8_t> body,
                           const Upcasting& upcasts = upcasting());

/// The same over a frame that is not needed any more, whose memory is used again: decoding a log is
/// half as long without the allocations. After a fault `out` is any frame, or part of one.
Result<void> decode_frame(std::span<const std::uint8_t> body, Frame& out,
                          const Upcasting& upcasts = upcasting());

/// The text of the schema that this build writes.
std::string_view schema_text();

}  // namespace boxoffice::events
