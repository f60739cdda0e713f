// The contract of EventLog as tests. Every implementation passes them:
//
//   struct Subject {
//     EventLog& log();            // empty at first
//     void fail_next_append();    // by whatever means the implementation's world can fail
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Rocksdb, EventLogConformance, Subject);
#pragma once

#include <gtest/gtest.h>

#include <thread>

#include "engine/log/event_log.h"
#include "engine/log/frame.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {

template <class Subject>
class EventLogConformance : public testing::Test {
 protected:
  EventLog& log() { return subject_.log(); }

  Subject subject_;
};
TYPED_TEST_SUITE_P(EventLogConformance);

TYPED_TEST_P(EventLogConformance, an_empty_log_has_no_head_and_no_frames) {
  EXPECT_EQ(this->log().head(), Head{});
  EXPECT_TRUE(read_frames(this->log(), Position(0)).empty());
  EXPECT_TRUE(read_frames(this->log(), Position(1)).empty());
}

TYPED_TEST_P(EventLogConformance, what_was_appended_is_read_back) {
  const auto drafts = append_frames(this->log(), 20);
  const auto frames = read_frames(this->log());
  ASSERT_EQ(frames.size(), drafts.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].first, drafts[i].first);
    EXPECT_EQ(frames[i].count, drafts[i].count);
    EXPECT_EQ(frames[i].time, drafts[i].time);
    EXPECT_EQ(frames[i].digest, drafts[i].digest);
    EXPECT_EQ(frames[i].body, drafts[i].body);
    EXPECT_EQ(frames[i].durable_when_written.value, drafts[i].first.value - 1);
  }
}

TYPED_TEST_P(EventLogConformance, a_cursor_shows_each_frame_as_it_is_stored) {
  append_frames(this->log(), 5);
  const auto cursor = this->log().read(Position(1));
  for (int i = 0; i < 5; ++i) {
    const auto frame = cursor->next();
    ASSERT_TRUE(frame && frame.value());
    const auto again = decode_frame(frame.value()->first, cursor->bytes());
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(again.value().hash, frame.value()->hash);
  }
}

TYPED_TEST_P(EventLogConformance, large_and_empty_bodies_are_read_back) {
  const Drafted large = draft_after(Position(0), 3, 5 << 20);
  const Drafted empty = draft_after(Position(3), 1, 0);
  EXPECT_EQ(this->log().append(large.draft()).status, AppendStatus::durable);
  EXPECT_EQ(this->log().append(empty.draft()).status, AppendStatus::durable);
  const auto frames = read_frames(this->log());
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].body, large.body);
  EXPECT_EQ(frames[1].body, empty.body);
}

TYPED_TEST_P(EventLogConformance, the_head_follows_each_append) {
  for (int i = 0; i < 5; ++i) {
    const Drafted drafted = draft_after(this->log().head().last, 3);
    ASSERT_EQ(this->log().append(drafted.draft()).status, AppendStatus::durable);
    const auto frames = read_frames(this->log());
    EXPECT_EQ(this->log().head(), (Head{frames.back().last(), frames.back().hash}));
    EXPECT_EQ(this->log().head().last.value, drafted.first.value + 2);
  }
}

TYPED_TEST_P(EventLogConformance, each_frame_carries_the_hash_of_the_one_before) {
  append_frames(this->log(), 5);
  const auto frames = read_frames(this->log());
  EXPECT_TRUE(frames[0].previous.is_zero());
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].previous, frames[i - 1].hash);
    EXPECT_NE(frames[i].hash, frames[i - 1].hash);
  }
}

TYPED_TEST_P(EventLogConformance, reading_starts_at_the_frame_that_holds_the_position) {
  append_frames(this->log(), 4);  // events 1 | 2 3 | 4 5 6 | 7 8 9 10
  const auto first_from = [&](std::uint64_t from) {
    return read_frames(this->log(), Position(from)).at(0).first.value;
  };
  EXPECT_EQ(first_from(0), 1u);
  EXPECT_EQ(first_from(1), 1u);
  EXPECT_EQ(first_from(2), 2u);
  EXPECT_EQ(first_from(3), 2u);
  EXPECT_EQ(first_from(4), 4u);
  EXPECT_EQ(first_from(6), 4u);
  EXPECT_EQ(first_from(7), 7u);
  EXPECT_EQ(first_from(10), 7u);
  EXPECT_TRUE(read_frames(this->log(), Position(11)).empty());
  EXPECT_EQ(read_frames(this->log(), Position(5)).size(), 2u);
}

TYPED_TEST_P(EventLogConformance, a_cursor_ends_at_the_head_of_when_it_was_made) {
  append_frames(this->log(), 2);
  const auto cursor = this->log().read(Position(1));
  append_frames(this->log(), 2);
  ASSERT_TRUE(cursor->next().value());
  ASSERT_TRUE(cursor->next().value());
  EXPECT_FALSE(cursor->next().value());
  EXPECT_FALSE(cursor->next().value());  // and stays there
  EXPECT_EQ(read_frames(this->log()).size(), 4u);
}

TYPED_TEST_P(EventLogConformance, readers_run_beside_the_writer) {
  append_frames(this->log(), 1);
  std::thread reader([&] {
    std::size_t seen = 0;
    while (seen < 50) {
      const Head head = this->log().head();
      const auto frames = read_frames(this->log());
      ASSERT_GE(frames.size(), seen);
      ASSERT_GE(frames.back().last(), head.last);
      seen = frames.size();
    }
  });
  append_frames(this->log(), 49);
  reader.join();
}

TYPED_TEST_P(EventLogConformance, after_a_failed_append_nothing_more_is_taken) {
  append_frames(this->log(), 3);
  const Head before = this->log().head();
  this->subject_.fail_next_append();
  const Drafted drafted = draft_after(before.last, 1);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const AppendOutcome outcome = this->log().append(drafted.draft());
    EXPECT_EQ(outcome.status, AppendStatus::unknown);
    EXPECT_FALSE(outcome.why.text.empty());
  }
  EXPECT_EQ(this->log().head(), before);
  EXPECT_EQ(read_frames(this->log()).size(), 3u);
}

TYPED_TEST_P(EventLogConformance, a_frame_out_of_sequence_is_a_bug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  append_frames(this->log(), 2);
  const Position last = this->log().head().last;
  EXPECT_DEATH(this->log().append(draft_after(last.next(), 1).draft()), "a frame follows the head");
  EXPECT_DEATH(this->log().append(draft_after(Position(last.value - 1), 1).draft()),
               "a frame follows the head");
  EXPECT_DEATH(this->log().append(draft_after(last, 0).draft()), "a frame has events");
}

REGISTER_TYPED_TEST_SUITE_P(
    EventLogConformance, an_empty_log_has_no_head_and_no_frames, what_was_appended_is_read_back,
    a_cursor_shows_each_frame_as_it_is_stored, large_and_empty_bodies_are_read_back,
    the_head_follows_each_append, each_frame_carries_the_hash_of_the_one_before,
    reading_starts_at_the_frame_that_holds_the_position,
    a_cursor_ends_at_the_head_of_when_it_was_made, readers_run_beside_the_writer,
    after_a_failed_append_nothing_more_is_taken, a_frame_out_of_sequence_is_a_bug);

}  // namespace boxoffice::engine::log
