#include <gtest/gtest.h>

#include <random>

#include "engine/log/memory_log.h"
#include "tools/event_feed.h"

namespace boxoffice::tools {
namespace {

/// Counts how often it is asked.
class CountedLog final : public engine::log::MemoryLog {
 public:
  std::unique_ptr<engine::log::FrameCursor> read(Position from) const override {
    ++reads;
    return MemoryLog::read(from);
  }
  mutable std::size_t reads = 0;
};

constexpr std::array<std::uint8_t, 4> body{};

void append(engine::log::EventLog& log, std::uint32_t count, Instant time) {
  const auto outcome = log.append(
      {.first = log.head().last.next(), .count = count, .time = time, .digest = {}, .body = body});
  ASSERT_EQ(outcome.status, engine::log::AppendStatus::durable);
}

std::uint64_t ask(const engine::log::EventLog& log, std::int64_t us, Position up_to) {
  const auto found = position_at(log, Instant{us}, up_to);
  EXPECT_TRUE(found.has_value());
  return found ? found.value().value : ~std::uint64_t{0};
}

TEST(PositionAt, is_the_end_of_the_last_frame_by_then) {
  engine::log::MemoryLog log;
  EXPECT_EQ(ask(log, 100, Position(0)), 0U) << "an empty log";
  append(log, 3, Instant{10});
  append(log, 1, Instant{20});
  append(log, 2, Instant{20});
  append(log, 5, Instant{30});
  EXPECT_EQ(ask(log, 9, Position(11)), 0U);
  EXPECT_EQ(ask(log, 10, Position(11)), 3U) << "never the middle of a frame";
  EXPECT_EQ(ask(log, 19, Position(11)), 3U);
  EXPECT_EQ(ask(log, 20, Position(11)), 6U) << "the last of those of the same time";
  EXPECT_EQ(ask(log, 29, Position(11)), 6U);
  EXPECT_EQ(ask(log, 99, Position(11)), 11U);
  EXPECT_EQ(ask(log, 99, Position(4)), 4U) << "and never beyond what may be read";
  EXPECT_EQ(ask(log, 15, Position(4)), 3U);
}

TEST(PositionAt, reads_few_frames_of_a_long_log) {
  std::mt19937 random(7);
  CountedLog log;
  std::vector<std::pair<std::int64_t, std::uint64_t>> frames;
  std::int64_t time = 0;
  for (int i = 0; i < 3'000; ++i) {
    time += random() % 3;
    append(log, 1 + static_cast<std::uint32_t>(random() % 9), Instant{time});
    frames.emplace_back(time, log.head().last.value);
  }
  const Position end = log.head().last;
  for (std::int64_t asked = -1; asked <= time + 1; asked += 7) {
    std::uint64_t wanted = 0;
    for (const auto& [made, last] : frames) {
      if (made <= asked) wanted = last;
    }
    log.reads = 0;
    EXPECT_EQ(ask(log, asked, end), wanted) << asked;
    EXPECT_LE(log.reads, 15U) << "log2 of 15,000 positions is 14";
  }
}

TEST(PositionAt, a_log_that_ends_too_early_is_a_fault) {
  engine::log::MemoryLog log;
  append(log, 3, Instant{10});
  EXPECT_FALSE(position_at(log, Instant{10}, Position(9)));
}

}  // namespace
}  // namespace boxoffice::tools
