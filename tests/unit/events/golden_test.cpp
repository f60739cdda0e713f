// Every event type as it was first written. These bytes are what users have on disk: a build that
// cannot read one of them, or reads it differently, must not ship.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "events/codec.h"
#include "tests/support/event_samples.h"

namespace boxoffice::events {
namespace {

std::vector<std::uint8_t> read_golden(const Event& event) {
  const auto path =
      std::filesystem::path(GOLDEN_DIRECTORY) / (std::string(type_name(event.body)) + ".bin");
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path << " is missing: cmake --build ... --target record_format";
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(GoldenEvents, there_is_one_of_every_type) {
  const auto samples = tests::sample_events();
  ASSERT_EQ(samples.size(), std::variant_size_v<EventBody>);
  for (std::size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(samples[i].body.index(), i);
}

TEST(GoldenEvents, are_read_as_they_were_written) {
  for (const Event& sample : tests::sample_events()) {
    SCOPED_TRACE(type_name(sample.body));
    const auto frame = decode_frame(read_golden(sample));
    ASSERT_TRUE(frame) << frame.error().text;
    ASSERT_EQ(frame.value().events.size(), 1u);
    EXPECT_TRUE(tests::same_event(frame.value().events[0], sample));
  }
}

TEST(GoldenEvents, are_written_as_they_were) {
  for (const Event& sample : tests::sample_events()) {
    EXPECT_EQ(tests::encode({sample}), read_golden(sample)) << type_name(sample.body);
  }
}

}  // namespace
}  // namespace boxoffice::events
