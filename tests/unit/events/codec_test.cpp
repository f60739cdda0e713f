#include "events/codec.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/event_samples.h"
#include "tests/unit/events/schema_json.h"

namespace boxoffice::events {
namespace {

void expect_round_trip(const std::vector<Event>& events) {
  const auto frame = decode_frame(tests::encode(events));
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame.value().time, events.front().time);
  ASSERT_EQ(frame.value().events.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_TRUE(tests::same_event(frame.value().events[i], events[i])) << type_name(events[i].body);
  }
}

// The fault of a frame that stock FlatBuffers made from `json` under `schema`.
Fault fault_of(std::string_view schema, const std::string& json) {
  const auto frame = decode_frame(frame_from_json(schema, json));
  EXPECT_FALSE(frame) << "was accepted: " << json;
  return frame ? Fault{FaultKind::unavailable, ""} : frame.error();
}

// A frame at position 9 with one event that has `fields`.
std::string one_event(const std::string& fields) {
  return R"({"first":9,"time":1,"events":[{)" + fields + "}]}";
}

TEST(Codec, every_event_type_survives_the_round_trip) { expect_round_trip(tests::sample_events()); }

TEST(Codec, what_is_empty_stays_empty) { expect_round_trip(tests::empty_events()); }

TEST(Codec, an_absent_text_is_not_an_empty_one) {
  std::vector<Event> events = tests::sample_events();
  events.resize(1);
  std::get<MovieCreated>(events[0].body).description = std::nullopt;
  std::get<MovieCreated>(events[0].body).poster_url = "";
  expect_round_trip(events);
}

TEST(Codec, a_large_frame_survives_the_round_trip) {
  expect_round_trip(tests::lock_events(Position(1), 20'000));
}

TEST(Codec, numbers_survive_at_their_limits) {
  std::vector<Event> events = tests::lock_events(Position(UINT64_MAX - 1), 1);
  events[0].command = Position(UINT64_MAX - 1 - UINT32_MAX);
  events[0].time = instant_min;
  auto& lock = std::get<SeatsLocked>(events[0].body);
  lock.user_id = UserId(UINT32_MAX);
  lock.until = instant_max;
  lock.user_session = std::string("\0\xFF", 2);
  expect_round_trip(events);
}

TEST(Codec, a_time_that_has_no_text_is_damage) {
  constexpr Duration tick(1);
  const auto fault_of = [](const std::vector<Event>& events) {
    const auto frame = decode_frame(tests::encode(events));
    return frame ? std::string() : frame.error().text;
  };
  for (const Instant beyond : {instant_min - tick, instant_max + tick}) {
    std::vector<Event> events = tests::lock_events(Position(7), 1);
    events[0].time = beyond;
    EXPECT_EQ(fault_of(events), "event 7: the frame's time is out of range");
    events = tests::lock_events(Position(7), 1);
    std::get<SeatsLocked>(events[0].body).until = beyond;
    EXPECT_EQ(fault_of(events), "event 7: SeatsLocked.until is out of range");
  }
}

TEST(Codec, an_encoder_starts_afresh_after_each_frame) {
  FrameEncoder encoder;
  std::vector<std::uint8_t> bytes;
  for (const std::uint64_t first : {1, 4, 7}) {
    auto events = tests::lock_events(Position(first), 3);
    for (Event& event : events) event.cause = "the same in every frame";
    for (const Event& event : events) encoder.add(event);
    EXPECT_EQ(encoder.count(), 3u);
    EXPECT_GT(encoder.size_bytes(), 3 * 36u);  // at least the sessions
    encoder.finish(events[0].time, bytes);
    EXPECT_EQ(encoder.count(), 0u);
    EXPECT_EQ(bytes, tests::encode(events));
  }
}

TEST(Codec, a_frame_that_does_not_lie_aligned_is_read) {
  const auto events = tests::lock_events(Position(1), 2);
  const auto bytes = tests::encode(events);
  std::vector<std::uint8_t> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  const auto frame = decode_frame(std::span(shifted).subspan(1));
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_TRUE(tests::same_event(frame.value().events[1], events[1]));
}

TEST(Codec, nothing_is_left_of_the_frame_that_is_decoded_over) {
  const auto lock = tests::lock_events(Position(1), 1);
  const auto frames = {tests::sample_events(), tests::empty_events(), tests::sample_events(), lock,
                       tests::empty_events()};
  Frame frame;
  for (const auto& events : frames) {
    ASSERT_TRUE(decode_frame(tests::encode(events), frame));
    ASSERT_EQ(frame.events.size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_TRUE(tests::same_event(frame.events[i], events[i])) << type_name(events[i].body);
    }
  }
}

TEST(Codec, an_event_type_of_a_newer_version_is_named) {
  const std::string schema = schema_with("CommandRefused, UserErased\n",
                                         "CommandRefused, UserErased, MovieDeleted2: "
                                         "MovieDeleted\n");
  const Fault fault =
      fault_of(schema, one_event(R"("body_type":"MovieDeleted2","body":{"movie_id":1})"));
  EXPECT_EQ(fault.kind, FaultKind::newer_format);
  EXPECT_EQ(fault.text,
            "position 9: event type 28 (this version knows 1 to 27): a newer version of Box Office "
            "wrote this log; use that version or a later one");
}

TEST(Codec, an_enum_value_of_a_newer_version_is_named) {
  const std::string schema = schema_with("cooling_down\n", "cooling_down, too_new\n");
  const Fault fault =
      fault_of(schema, one_event(R"("body_type":"CommandRefused","body":{"reason":"too_new"})"));
  EXPECT_EQ(fault.kind, FaultKind::newer_format);
  EXPECT_EQ(fault.text,
            "position 9: CommandRefused.reason 24 (this version does not know it): a newer version "
            "of Box Office wrote this log; use that version or a later one");
}

TEST(Codec, an_actor_of_a_newer_version_is_named) {
  const std::string schema = schema_with("gateway, system }", "gateway, system, robot }");
  const Fault fault = fault_of(
      schema, one_event(R"("actor_kind":"robot","body_type":"ShowDeleted","body":{"show_id":1})"));
  EXPECT_EQ(fault.kind, FaultKind::newer_format);
  EXPECT_EQ(fault.text.find("position 9: Event.actor_kind 5 "), 0u) << fault.text;
}

TEST(Codec, a_newer_version_of_a_type_is_refused) {
  const Fault fault =
      fault_of(schema_text(),
               one_event(R"("type_version":2,"body_type":"ShowDeleted","body":{"show_id":1})"));
  EXPECT_EQ(fault.kind, FaultKind::newer_format);
}

// FlatBuffers would read past them without a word.
TEST(Codec, a_field_of_a_newer_version_is_refused) {
  const std::string schema = schema_with("table ShowDeleted {\n  show_id: uint;",
                                         "table ShowDeleted {\n  show_id: uint;\n  why: string;");
  const Fault fault =
      fault_of(schema, one_event(R"("body_type":"ShowDeleted","body":{"show_id":3,"why":"rain"})"));
  EXPECT_EQ(fault.kind, FaultKind::newer_format);
  EXPECT_EQ(fault.text,
            "position 9: ShowDeleted with 2 fields (this version knows 1): a newer version of Box "
            "Office wrote this log; use that version or a later one");
}

TEST(Codec, a_field_of_a_newer_version_is_refused_in_event_and_frame_too) {
  const std::string event = schema_with("  trace: TraceId;", "  trace: TraceId; shard: uint;");
  const std::string frame = schema_with("  events: [Event] (required);\n",
                                        "  events: [Event] (required);\n  shard: uint;\n");
  const std::string deleted = R"("body_type":"ShowDeleted","body":{"show_id":3})";
  EXPECT_EQ(
      fault_of(event, one_event(R"("shard":1,)" + deleted)).text.find("position 9: Event with 10"),
      0u);
  EXPECT_EQ(fault_of(frame, R"({"first":9,"time":1,"shard":1,"events":[{)" + deleted + "}]}")
                .text.find("position 9: Frame with 4"),
            0u);
}

TEST(Codec, a_field_of_a_newer_version_that_is_not_set_does_not_disturb) {
  const std::string schema = schema_with("table ShowDeleted {\n  show_id: uint;",
                                         "table ShowDeleted {\n  show_id: uint;\n  why: string;");
  const auto frame = decode_frame(
      frame_from_json(schema, one_event(R"("body_type":"ShowDeleted","body":{"show_id":3})")));
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(std::get<ShowDeleted>(frame.value().events[0].body).show_id, ShowId(3));
}

TEST(Codec, what_no_version_writes_is_corrupt) {
  const std::string show_changed = R"("body_type":"ShowChanged","body":{"show_date":)";
  const std::vector<std::string> frames{
      R"({"first":0,"time":1,"events":[{"body_type":"ShowDeleted","body":{}}]})",
      R"({"first":1,"time":1,"events":[]})",
      R"({"first":18446744073709551615,"time":1,"events":[{"body_type":"ShowDeleted","body":{}}]})",
      one_event(R"("command_distance":9,"body_type":"ShowDeleted","body":{})"),
      one_event(show_changed + R"({"year":2023,"month":2,"day":29}})"),
      one_event(show_changed + R"({"year":0,"month":2,"day":1}})"),
      one_event(show_changed + R"({"year":2023,"month":13,"day":1}})"),
      one_event(show_changed + R"({"year":2023,"month":2,"day":2},"show_time":86400})"),
      one_event(show_changed + R"({"year":2023,"month":2,"day":2},"show_time":-1})"),
  };
  for (const std::string& json : frames) {
    EXPECT_EQ(fault_of(schema_text(), json).kind, FaultKind::corrupt) << json;
  }
}

TEST(Codec, a_missing_required_field_is_corrupt) {
  const std::string schema = schema_with("show_date: Date (required);\n  show_time: int;\n",
                                         "show_date: Date;\n  show_time: int;\n");
  const Fault fault = fault_of(schema, one_event(R"("body_type":"ShowChanged","body":{})"));
  EXPECT_EQ(fault.kind, FaultKind::corrupt);
}

TEST(Codec, a_frame_that_is_cut_short_is_corrupt) {
  const auto bytes = tests::encode(tests::sample_events());
  // Up to seven bytes at the end may be padding.
  for (std::size_t length = 0; length + 8 <= bytes.size(); ++length) {
    const std::vector<std::uint8_t> cut(bytes.begin(),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(length));
    const auto frame = decode_frame(cut);
    ASSERT_FALSE(frame) << length << " of " << bytes.size() << " bytes were accepted";
    EXPECT_EQ(frame.error().kind, FaultKind::corrupt);
  }
}

// Nothing may read outside the buffer, whatever is in it (the sanitizers watch). Many a flip gives
// another valid frame: telling those apart is the frame's checksum's work.
TEST(Codec, no_flipped_bit_does_harm) {
  auto bytes = tests::encode(tests::sample_events());
  std::size_t refused = 0;
  for (std::uint8_t& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1 << bit);
      byte ^= mask;
      if (!decode_frame(bytes)) ++refused;
      byte ^= mask;
    }
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(CodecDeathTest, a_gap_between_positions_is_a_bug) {
  FrameEncoder encoder;
  encoder.add(tests::lock_events(Position(1), 1)[0]);
  EXPECT_DEATH(encoder.add(tests::lock_events(Position(3), 1)[0]), "positions are gapless");
}

TEST(CodecDeathTest, a_frame_without_events_is_a_bug) {
  FrameEncoder encoder;
  std::vector<std::uint8_t> out;
  EXPECT_DEATH(encoder.finish(Instant{1}, out), "a frame has events");
}

}  // namespace
}  // namespace boxoffice::events
