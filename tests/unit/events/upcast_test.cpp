// Old events, read by a build that has moved on. No type has an older version yet, so the chains
// are made up here; the bytes and the way through the codec are the real ones.
#include "events/upcast.h"

#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "tests/support/event_samples.h"
#include "tests/unit/events/schema_json.h"

namespace boxoffice::events {
namespace {

// ShowChanged: up to version 1 its price was in whole euros, up to version 2 its time in minutes.
ShowChanged price_in_cents(ShowChanged old) {
  old.price.cents *= 100;
  return old;
}
ShowChanged time_in_seconds(ShowChanged old) {
  old.show_time.seconds *= 60;
  return old;
}

// TheatreDeleted: up to version 1 its ids began at 0; then ShowDeleted replaced it, of which
// version 1 in turn meant ten times the id.
TheatreDeleted ids_from_one(TheatreDeleted old) { return {TheatreId(old.theatre_id.value + 1)}; }
ShowDeleted replaced(TheatreDeleted old) { return {ShowId(old.theatre_id.value)}; }
ShowDeleted ten_times(ShowDeleted old) { return {ShowId(old.show_id.value * 10)}; }

TheatreDeleted theatre_again(ShowDeleted old) { return {TheatreId(old.show_id.value)}; }

constexpr std::array steps{upcast<&price_in_cents>(1), upcast<&ids_from_one>(1),
                           upcast<&time_in_seconds>(2), upcast<&replaced>(2),
                           upcast<&ten_times>(1)};
constexpr Upcasting chains{steps};

Result<Frame> decode(const std::string& type, int version, const std::string& body) {
  return decode_frame(
      frame_from_json(schema_text(), R"({"first":9,"time":1,"events":[{"type_version":)" +
                                         std::to_string(version) + R"(,"body_type":")" + type +
                                         R"(","body":)" + body + "}]}"),
      chains);
}

ShowChanged show_changed(int version) {
  const auto frame = decode(
      "ShowChanged", version,
      R"({"show_id":7,"show_date":{"year":2024,"month":2,"day":29},"show_time":600,"price":12})");
  EXPECT_TRUE(frame) << frame.error().text;
  return std::get<ShowChanged>(frame.value().events.at(0).body);
}

TEST(Upcasting, takes_an_event_through_every_version_after_its_own) {
  EXPECT_EQ(show_changed(1).price, Money{1200});
  EXPECT_EQ(show_changed(1).show_time, TimeOfDay{36'000});
  EXPECT_EQ(show_changed(2).price, Money{12});
  EXPECT_EQ(show_changed(2).show_time, TimeOfDay{36'000});
}

TEST(Upcasting, leaves_an_event_of_the_newest_version_and_its_other_fields_alone) {
  EXPECT_EQ(show_changed(3).price, Money{12});
  EXPECT_EQ(show_changed(3).show_time, TimeOfDay{600});
  for (const int version : {1, 2, 3}) EXPECT_EQ(show_changed(version).show_id, ShowId(7));
}

TEST(Upcasting, goes_on_with_the_type_that_replaced_the_old_one) {
  for (const auto& [version, id] : {std::pair{1, 50U}, {2, 40U}}) {
    const auto frame = decode("TheatreDeleted", version, R"({"theatre_id":4})");
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_EQ(std::get<ShowDeleted>(frame.value().events[0].body).show_id, ShowId(id));
  }
}

TEST(Upcasting, never_gives_a_type_that_was_replaced) {
  const auto frame = decode("TheatreDeleted", 3, R"({"theatre_id":4})");
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, FaultKind::newer_format);
}

TEST(Upcasting, leaves_types_without_older_versions_alone) {
  const auto samples = tests::sample_events();
  const auto frame = decode_frame(tests::encode({samples[0]}), chains);
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_TRUE(tests::same_event(frame.value().events[0], samples[0]));
}

TEST(Upcasting, refuses_a_version_beyond_the_chain) {
  const auto newer = decode("ShowDeleted", 3, "{}");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, FaultKind::newer_format);
  EXPECT_EQ(newer.error().text,
            "position 9: version 3 of event type 9 (this version knows up to 2): a newer version "
            "of Box Office wrote this log; use that version or a later one");
  const auto none = decode("ShowDeleted", 0, "{}");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, FaultKind::corrupt);
}

TEST(Upcasting, gives_the_version_that_is_written) {
  EXPECT_EQ(chains.version_of(EventBody(ShowChanged()).index()), 3);
  EXPECT_EQ(chains.version_of(EventBody(TheatreDeleted()).index()), 2);
  EXPECT_TRUE(chains.is_replaced(EventBody(TheatreDeleted()).index()));
  EXPECT_FALSE(chains.is_replaced(EventBody(ShowDeleted()).index()));
  EXPECT_EQ(chains.version_of(EventBody(ShowDeleted()).index()), 2);
  EXPECT_EQ(chains.version_of(EventBody(MovieDeleted()).index()), 1);
}

TEST(UpcastingDeathTest, steps_with_a_gap_are_a_bug) {
  const std::array broken{upcast<&price_in_cents>(1), upcast<&time_in_seconds>(3)};
  EXPECT_DEATH(Upcasting{broken}, "the steps of a type are a chain");
}

TEST(UpcastingDeathTest, a_step_behind_a_replacement_is_a_bug) {
  const std::array late{upcast<&replaced>(1), upcast<&ids_from_one>(1)};
  EXPECT_DEATH(Upcasting{late}, "the steps of a type are a chain");
}

TEST(UpcastingDeathTest, a_step_back_to_an_earlier_type_is_a_bug) {
  const std::array back{upcast<&theatre_again>(1)};
  EXPECT_DEATH(Upcasting{back}, "a type is replaced by a later one");
}

}  // namespace
}  // namespace boxoffice::events
