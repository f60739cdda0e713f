#include "engine/log/chain.h"

#include <fmt/format.h>

#include "engine/log/frame.h"

namespace boxoffice::engine::log {

Result<StoredFrame> ChainWalk::step(Position key, std::span<const std::uint8_t> bytes) {
  if (key != head_.last.next()) {
    return fault(FaultKind::corrupt,
                 fmt::format("events from position {} are missing: the next frame is at {}",
                             head_.last.next().value, key.value));
  }
  TRY(StoredFrame frame, decode_frame(key, bytes));
  if (frame.previous != head_.chain) {
    return fault(FaultKind::corrupt,
                 fmt::format("frame at position {}: does not carry the hash of the frame before it",
                             key.value));
  }
  head_ = Head{frame.last(), frame.hash};
  return frame;
}

}  // namespace boxoffice::engine::log
