// An audit of a log: what is in order, and what is said of one that is not.
#include "tools/audit/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/unit/tools/audit/story.h"

namespace boxoffice::tools::audit {
namespace {

using testing::HasSubstr;

class VerifyTest : public testing::Test {
 protected:
  Result<void> verify() { return verify_log(story.log(), report, silence.talk); }

  // The log is refused at `position`, for a reason that says `why`.
  void is_impossible(Position position, const std::string& why) {
    const auto done = verify();
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind, FaultKind::corrupt);
    EXPECT_EQ(report.bad_position, position);
    EXPECT_THAT(done.error().text, HasSubstr("position " + std::to_string(position.value)));
    EXPECT_THAT(done.error().text, HasSubstr(why));
    EXPECT_EQ(report.last, Position(position.value - 1)) << "what came before it is in order";
  }

  Story story;
  VerifyReport report;
  Silence silence;
};

TEST_F(VerifyTest, counts_what_is_in_order) {
  story.opens();
  ASSERT_TRUE(verify().has_value());
  EXPECT_EQ(report.events, 5U);
  EXPECT_EQ(report.frames, 5U);
  EXPECT_EQ(report.last, Position(5));
  EXPECT_EQ(report.chain, to_hex(story.log().head().chain.bytes));
  EXPECT_EQ(report.first_time, noon + std::chrono::seconds(1));
  EXPECT_EQ(report.last_time, noon + std::chrono::seconds(5));
  EXPECT_FALSE(report.bad_position.has_value());
}

TEST_F(VerifyTest, finds_nothing_wrong_with_an_empty_log) {
  ASSERT_TRUE(verify().has_value());
  EXPECT_EQ(report.events, 0U);
}

TEST_F(VerifyTest, names_the_event_that_sells_a_seat_twice) {
  story.opens();
  story.happens({booked(BookingId(1), {SeatId(1)})});
  const Position second = story.happens({booked(BookingId(2), {SeatId(1)})});
  is_impossible(second, "no seat is ever sold twice");
}

TEST_F(VerifyTest, names_the_event_that_is_about_something_that_does_not_exist) {
  story.opens();
  is_impossible(story.happens({events::BookingCancelled{BookingId(7)}}), "does not exist");
}

TEST_F(VerifyTest, names_the_event_that_is_about_a_seat_of_another_show) {
  story.opens();
  is_impossible(story.happens({locked({SeatId(99)}, "s")}), "the seat belongs to the show");
}

TEST_F(VerifyTest, names_the_event_before_which_time_went_back) {
  story.opens();
  is_impossible(story.happens_at(noon, {events::UserLoggedIn{UserId(1)}}), "time never goes back");
}

TEST_F(VerifyTest, names_an_impossible_event_in_the_middle_of_its_frame) {
  story.opens();
  const Position first =
      story.happens({events::UserLoggedIn{UserId(1)}, events::UserLoggedIn{UserId(9)}});
  ASSERT_FALSE(verify().has_value());
  EXPECT_EQ(report.bad_position, first.next());
}

TEST_F(VerifyTest, names_the_frame_after_which_the_state_is_not_the_recorded_one) {
  story.opens();
  story.records_another_state();
  is_impossible(story.happens({booked(BookingId(1), {SeatId(1)})}), "digest");
}

TEST_F(VerifyTest, tells_money_that_nobody_is_owed) {
  story.opens();
  story.happens({booked(BookingId(1), {SeatId(1)})});
  story.happens({initiated(PaymentId(1), BookingId(1), Money{5000})});
  story.happens({events::PaymentSucceeded{PaymentId(1), BookingId(1), {}, false},
                 events::BookingConfirmed{BookingId(1), PaymentId(1), false}});
  const auto done = verify();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, FaultKind::differs);
  EXPECT_THAT(report.broken_invariants, testing::ElementsAre(HasSubstr("captured 50.0")));
}

}  // namespace
}  // namespace boxoffice::tools::audit
