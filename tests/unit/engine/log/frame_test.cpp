#include "engine/log/frame.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/log/sha256.h"
#include "tests/support/event_samples.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

std::vector<std::uint8_t> sample_frame(Sha256* hash = nullptr) {
  Drafted drafted = draft_after(Position(6), 3, 20);
  drafted.digest.bytes.fill(0xD1);
  Head head{Position(6), {}};
  head.chain.bytes.fill(0x77);
  std::vector<std::uint8_t> bytes;
  const Sha256 written = encode_frame(drafted.draft(), head, 5, bytes);
  if (hash != nullptr) *hash = written;
  return bytes;
}

// Makes the frame's checksum right again after it was tampered with.
void seal(std::vector<std::uint8_t>& bytes) {
  const auto hash = sha256(std::span(bytes).first(bytes.size() - frame_hash_bytes));
  std::copy(hash.bytes.begin(), hash.bytes.end(),
            bytes.end() - static_cast<std::ptrdiff_t>(frame_hash_bytes));
}

Fault fault_of(std::span<const std::uint8_t> bytes, Position key = Position(7)) {
  const auto frame = decode_frame(key, bytes);
  EXPECT_FALSE(frame);
  return frame ? Fault{FaultKind::unavailable, ""} : frame.error();
}

// As docs/formats/log.md has them.
TEST(Frame, has_its_fields_at_the_documented_offsets) {
  const auto bytes = sample_frame();
  ASSERT_EQ(bytes.size(), 96u + 20u + 32u);
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
  };
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 4), "BXFR");
  EXPECT_EQ(number(4, 2), 1u);      // format
  EXPECT_EQ(number(6, 2), 96u);     // header length
  EXPECT_EQ(number(8, 8), 7u);      // first
  EXPECT_EQ(number(16, 4), 3u);     // count
  EXPECT_EQ(number(20, 4), 5u);     // logic version
  EXPECT_EQ(number(24, 8), 6000u);  // time
  EXPECT_EQ(number(32, 8), 6u);     // durable
  EXPECT_EQ(number(88, 4), 20u);    // body length
  EXPECT_EQ(number(92, 4), 0u);     // reserved
  EXPECT_TRUE(std::all_of(bytes.begin() + 40, bytes.begin() + 72,
                          [](std::uint8_t b) { return b == 0x77; }));
  EXPECT_TRUE(std::all_of(bytes.begin() + 72, bytes.begin() + 88,
                          [](std::uint8_t b) { return b == 0xD1; }));  // digest
}

TEST(Frame, is_read_as_it_was_written) {
  Sha256 hash;
  const auto bytes = sample_frame(&hash);
  const auto frame = decode_frame(Position(7), bytes);
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame.value().first, Position(7));
  EXPECT_EQ(frame.value().last(), Position(9));
  EXPECT_EQ(frame.value().time, Instant{6000});
  EXPECT_EQ(frame.value().durable_when_written, Position(6));
  EXPECT_EQ(frame.value().logic_version, 5u);
  EXPECT_EQ(frame.value().previous.bytes[31], 0x77);
  EXPECT_EQ(frame.value().digest.bytes[15], 0xD1);
  EXPECT_EQ(frame.value().hash, hash);
  EXPECT_EQ(frame.value().body, draft_after(Position(6), 3, 20).body);
}

// FIPS 180-2, the hash of "abc".
TEST(Frame, is_hashed_by_sha256) {
  const std::vector<std::uint8_t> abc{'a', 'b', 'c'};
  EXPECT_EQ(to_hex(sha256(abc).bytes),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Frame, any_flipped_bit_is_noticed) {
  auto bytes = sample_frame();
  for (std::uint8_t& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1 << bit);
      byte ^= mask;
      EXPECT_EQ(fault_of(bytes).kind, FaultKind::corrupt);
      byte ^= mask;
    }
  }
}

TEST(Frame, any_missing_byte_is_noticed) {
  const auto bytes = sample_frame();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(fault_of(std::span(bytes).first(length)).kind, FaultKind::corrupt);
  }
}

TEST(Frame, a_fault_names_the_position_and_what_is_wrong) {
  auto bytes = sample_frame();
  bytes[100] ^= 1;
  EXPECT_EQ(fault_of(bytes).text, "frame at position 7: its checksum does not match");
  EXPECT_EQ(fault_of(std::span(bytes).first(50)).text, "frame at position 7: is cut short");
}

TEST(Frame, an_intact_frame_with_a_wrong_header_is_refused) {
  struct Case {
    std::size_t at;
    std::uint8_t value;
    const char* text;
  };
  const std::vector<Case> cases{
      {0, 'b', "does not begin with BXFR"},
      {6, 97, "its header has another length"},
      {8, 8, "is stored under another position than its own"},
      {16, 0, "has no events"},
      {32, 7, "was durable before it was written"},
      {88, 21, "its body has another length than its header says"},
      {92, 1, "its reserved bytes are not zero"},
  };
  for (const Case& wrong : cases) {
    auto bytes = sample_frame();
    bytes[wrong.at] = wrong.value;
    seal(bytes);
    const Fault fault = fault_of(bytes);
    EXPECT_EQ(fault.kind, FaultKind::corrupt);
    EXPECT_EQ(fault.text, std::string("frame at position 7: ") + wrong.text);
  }
}

TEST(Frame, a_newer_format_is_told_from_damage) {
  auto bytes = sample_frame();
  bytes[4] = 2;
  EXPECT_EQ(fault_of(bytes).kind, FaultKind::corrupt);
  seal(bytes);
  EXPECT_EQ(fault_of(bytes).kind, FaultKind::newer_format);
}

// A stored frame of three locks from position 7, its header told by `change`.
template <class Change>
Result<events::Frame> decode_changed(Change change) {
  const auto events = tests::lock_events(Position(7), 3);
  StoredFrame frame;
  frame.first = Position(7);
  frame.count = 3;
  frame.time = events[0].time;
  frame.body = tests::encode(events);
  change(frame);
  return decode_events(frame);
}

TEST(Frame, gives_its_events) {
  const auto frame = decode_changed([](StoredFrame&) {});
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame.value().first(), Position(7));
  EXPECT_EQ(frame.value().events.size(), 3u);
}

TEST(Frame, events_that_the_header_does_not_announce_are_corrupt) {
  const std::vector<Result<events::Frame>> wrong{
      decode_changed([](StoredFrame& frame) { frame.first = Position(6); }),
      decode_changed([](StoredFrame& frame) { frame.count = 2; }),
      decode_changed([](StoredFrame& frame) { frame.time.us += 1; }),
      decode_changed([](StoredFrame& frame) { frame.body.resize(10); }),
  };
  for (const auto& result : wrong) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, FaultKind::corrupt);
  }
}

}  // namespace
}  // namespace boxoffice::engine::log
