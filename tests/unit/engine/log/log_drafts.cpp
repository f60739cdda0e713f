#include "tests/unit/engine/log/log_drafts.h"

#include <gtest/gtest.h>

#include <utility>

namespace boxoffice::engine::log {

Drafted draft_after(Position after, std::uint32_t count, std::size_t body_bytes) {
  Drafted out{after.next(), count, Instant{static_cast<std::int64_t>(after.value) * 1000}, {}, {}};
  std::uint64_t x = after.value;
  out.digest.bytes.fill(static_cast<std::uint8_t>(x));
  for (std::size_t i = 0; i < body_bytes; ++i) {
    x = x * 6364136223846793005 + 1442695040888963407;
    out.body.push_back(static_cast<std::uint8_t>(x >> 56));
  }
  return out;
}

std::vector<Drafted> append_frames(EventLog& log, std::uint32_t frames) {
  std::vector<Drafted> out;
  for (std::uint32_t count = 1; count <= frames; ++count) {
    out.push_back(draft_after(log.head().last, count));
    const AppendOutcome outcome = log.append(out.back().draft());
    EXPECT_EQ(outcome.status, AppendStatus::durable) << outcome.why.text;
  }
  return out;
}

std::vector<StoredFrame> read_frames(const EventLog& log, Position from) {
  std::vector<StoredFrame> out;
  const auto cursor = log.read(from);
  while (true) {
    auto frame = cursor->next();
    EXPECT_TRUE(frame) << frame.error().text;
    if (!frame || !frame.value()) return out;
    out.push_back(std::move(*frame.value()));
  }
}

Stop read_to_fault(const EventLog& log, Position from) {
  const auto cursor = log.read(from);
  for (std::size_t frames = 0;; ++frames) {
    const auto frame = cursor->next();
    if (!frame) return {frames, frame.error()};
    if (!frame.value()) {
      ADD_FAILURE() << "the cursor ended cleanly after " << frames << " frames";
      return {frames, {}};
    }
  }
}

}  // namespace boxoffice::engine::log
