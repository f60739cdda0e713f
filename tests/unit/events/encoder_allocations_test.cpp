// Encoding is on the sequencer's thread: once warm, it must not allocate.
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

}  // namespace
}  // namespace boxoffice::events
