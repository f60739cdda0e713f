// Reading ahead changes nothing but the time that it takes: the same frames, in order, and the
// fault after the last good one.
#include "engine/frame_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "engine/log/memory_log.h"
#include "tests/support/event_samples.h"

namespace boxoffice::engine {
namespace {

using log::FrameCursor;
using log::MemoryLog;
using log::StoredFrame;

// `frames` frames of one, two or three events.
void append_frames(MemoryLog& log, int frames) {
  for (int i = 0; i < frames; ++i) {
    const Position first = log.head().last.next();
    const auto count = static_cast<std::uint32_t>(1 + i % 3);
    const auto body = tests::encode(tests::lock_events(first, count));
    const auto outcome = log.append({.first = first,
                                     .count = count,
                                     .time = tests::lock_events(first, 1)[0].time,
                                     .body = body});
    ASSERT_EQ(outcome.status, log::AppendStatus::durable);
  }
}

// A cursor that fails after so many frames.
class FailingCursor : public FrameCursor {
 public:
  FailingCursor(std::unique_ptr<FrameCursor> cursor, int good)
      : cursor_(std::move(cursor)), good_(good) {}
  Result<std::optional<StoredFrame>> next() override {
    if (good_-- == 0) return fault(FaultKind::corrupt, "the disk is rotten here");
    return cursor_->next();
  }
  std::span<const std::uint8_t> bytes() const override { return cursor_->bytes(); }

 private:
  std::unique_ptr<FrameCursor> cursor_;
  int good_;
};

class FrameReaderTest : public testing::TestWithParam<int> {};

TEST_P(FrameReaderTest, gives_the_frames_that_the_cursor_gives) {
  MemoryLog log;
  append_frames(log, GetParam());
  FrameReader reader(log.read(Position(1)));
  const auto cursor = log.read(Position(1));
  for (int i = 0; i < GetParam(); ++i) {
    const auto read = reader.next();
    ASSERT_TRUE(read && read.value() != nullptr);
    const auto expected = *cursor->next().value();
    EXPECT_EQ(read.value()->stored.hash, expected.hash);
    EXPECT_EQ(read.value()->frame.first(), expected.first);
    EXPECT_EQ(read.value()->frame.last(), expected.last());
  }
  for (int again = 0; again < 2; ++again) {
    const auto end = reader.next();
    ASSERT_TRUE(end);
    EXPECT_EQ(end.value(), nullptr);
  }
}

TEST_P(FrameReaderTest, gives_a_fault_after_all_that_came_before_it) {
  MemoryLog log;
  append_frames(log, GetParam() + 5);
  FrameReader reader(std::make_unique<FailingCursor>(log.read(Position(1)), GetParam()));
  for (int i = 0; i < GetParam(); ++i) ASSERT_TRUE(reader.next());
  for (int again = 0; again < 2; ++again) {
    const auto failed = reader.next();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().text, "the disk is rotten here");
  }
}

TEST_P(FrameReaderTest, may_be_left_at_any_time) {
  MemoryLog log;
  append_frames(log, 200);
  FrameReader reader(log.read(Position(1)));
  for (int i = 0; i < GetParam(); ++i) ASSERT_TRUE(reader.next());
}

INSTANTIATE_TEST_SUITE_P(Frames, FrameReaderTest,
                         testing::Values(0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 64, 65, 200));

TEST(FrameReader, does_not_look_beyond_the_position_that_it_reads_to) {
  MemoryLog log;
  append_frames(log, 3);  // positions 1, 2-3, 4-6
  FrameReader reader(std::make_unique<FailingCursor>(log.read(Position(1)), 3), Position(3));
  EXPECT_EQ(reader.next().value()->frame.last(), Position(1));
  EXPECT_EQ(reader.next().value()->frame.last(), Position(3));
  EXPECT_EQ(reader.next().value(), nullptr);
}

TEST(FrameReader, refuses_what_a_newer_logic_wrote) {
  MemoryLog log(1000);
  append_frames(log, 1);
  const auto read = FrameReader(log.read(Position(1))).next();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, FaultKind::newer_format);
}

}  // namespace
}  // namespace boxoffice::engine
