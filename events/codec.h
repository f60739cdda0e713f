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

namespace boxoffice::events {

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

/// Decodes a frame's body. Every event is fully checked: a type or enum value that this build does
/// not know is FaultKind::newer_format and names it; anything malformed is FaultKind::corrupt.
Result<Frame> decode_frame(std::span<const std::uint8_t> body);

/// The text of the schema that this build writes.
std::string_view schema_text();

}  // namespace boxoffice::events
