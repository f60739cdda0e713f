// Walks the chain: each frame must begin where the one before it ended, and carry its hash. Whoever
// reads frames, from whatever store, reads them through this.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "engine/log/event_log.h"

namespace boxoffice::engine::log {

class ChainWalk {
 public:
  /// `before`: the end of the frame before the first one to be read; Head{} at the log's beginning.
  explicit ChainWalk(const Head& before) : head_(before) {}

  /// Decodes and checks the next frame and steps over it. FaultKind::corrupt names the position.
  Result<StoredFrame> step(Position key, std::span<const std::uint8_t> bytes);

  /// How far the walk has come.
  const Head& head() const { return head_; }

 private:
  Head head_;
};

}  // namespace boxoffice::engine::log
