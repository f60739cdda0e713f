// Encoding is on the sequencer's thread, and replay decodes millions of events: once warm, neither
// must allocate.
#include <gtest/gtest.h>

#include "events/codec.h"
#include "tests/support/event_samples.h"
#include "tests/unit/events/allocation_count.h"

namespace boxoffice::events {
namespace {

TEST(FrameEncoder, allocates_nothing_once_warm) {
  const auto events = tests::lock_events(Position(1), 500);
  FrameEncoder encoder;
  std::vector<std::uint8_t> bytes;
  const auto encode_frame = [&] {
    for (const Event& event : events) encoder.add(event);
    encoder.finish(events[0].time, bytes);
  };
  encode_frame();
  const std::size_t before = tests::allocation_count();
  encode_frame();
  EXPECT_EQ(tests::allocation_count() - before, 0u);
}

TEST(DecodeFrame, allocates_nothing_over_a_frame_of_the_same_shape) {
  Frame frame;
  ASSERT_TRUE(decode_frame(tests::encode(tests::lock_events(Position(1), 500)), frame));
  const auto next = tests::encode(tests::lock_events(Position(501), 500));
  const std::size_t before = tests::allocation_count();
  ASSERT_TRUE(decode_frame(next, frame));
  EXPECT_EQ(tests::allocation_count() - before, 0u);
}

}  // namespace
}  // namespace boxoffice::events
