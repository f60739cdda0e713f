// The state as it was: after a position, at a time, and what did not exist yet.
#include "tools/audit/replay_at.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/audit/story.h"

namespace boxoffice::tools::audit {
namespace {

using testing::HasSubstr;

class ReplayAtTest : public testing::Test {
 protected:
  ReplayAtTest() {
    story.opens();
    lock = story.happens({locked({SeatId(1), SeatId(2)}, "a")});
    booking = story.happens({booked(BookingId(1), {SeatId(1)})});
    payment = story.happens({initiated(PaymentId(1), BookingId(1), Money{1000})});
    paid = story.happens({events::PaymentSucceeded{PaymentId(1), BookingId(1), {}, false},
                          events::BookingConfirmed{BookingId(1), PaymentId(1), false}});
  }

  // What is printed in JSON; the fault's text when there is one.
  std::string replay(ReplayOptions options) {
    options.json = true;
    std::ostringstream out;
    const auto done = replay_at(story.log(), options, out, silence.talk);
    fault_kind = done ? std::nullopt : std::optional(done.error().kind);
    return done ? out.str() : done.error().text;
  }
  static Moment after(Position position) { return {.position = position}; }

  Story story;
  Silence silence;
  Position lock, booking, payment, paid;
  std::optional<FaultKind> fault_kind;
};

TEST_F(ReplayAtTest, counts_what_there_is_at_the_logs_end) {
  EXPECT_EQ(replay({}),
            R"({"position":10,"time":"2024-06-15T12:00:09Z",)"
            R"("digest":"edcab8f985ab36cfbf9d268037a84724","movies":1,"theatres":1,"shows":1,)"
            R"("seats":{"free":1,"locked":1,"booked":1},"users":2,"locks":1,)"
            R"("bookings":{"pending":0,"confirmed":1,"cancelled":0},)"
            R"("payments":{"pending":0,"success":1,"failed":0},"captured":10.0,"refund_due":0.0})"
            "\n");
}

TEST_F(ReplayAtTest, shows_each_seat_as_it_was) {
  const std::string then = replay({.at = after(booking), .show_id = ShowId(1)});
  EXPECT_THAT(then, HasSubstr(R"({"seat_id":1,"row":"A","number":1,"status":"booked","lock":null,)"
                              R"("until":null,"booking_id":1})"));
  EXPECT_THAT(then, HasSubstr(R"({"seat_id":2,"row":"A","number":2,"status":"locked","lock":6,)"
                              R"("until":"2024-06-15T12:05:00Z","booking_id":null})"));
  EXPECT_THAT(then, HasSubstr(R"({"seat_id":3,"row":"A","number":3,"status":"free")"));
}

TEST_F(ReplayAtTest, stops_in_the_middle_of_a_command) {
  const std::string then = replay({.at = after(paid), .booking_id = BookingId(1)});
  EXPECT_THAT(then, HasSubstr(R"("status":"pending")"));
  EXPECT_THAT(then, HasSubstr(R"("payment":{"payment_id":1,"status":"success")"));
  EXPECT_THAT(replay({.at = after(paid.next()), .booking_id = BookingId(1)}),
              HasSubstr(R"("status":"confirmed")"));
}

TEST_F(ReplayAtTest, takes_the_last_event_that_is_not_later_than_the_time) {
  const Instant locked_at = noon + std::chrono::seconds(6);
  EXPECT_THAT(replay({.at = {.time = locked_at}}), HasSubstr(R"("position":6,)"));
  EXPECT_THAT(replay({.at = {.time = locked_at - Duration(1)}}), HasSubstr(R"("position":5,)"));
  EXPECT_THAT(replay({.at = {.time = noon}}), HasSubstr(R"("position":0,)"));
}

TEST_F(ReplayAtTest, knows_a_users_bookings) {
  EXPECT_THAT(replay({.user_id = UserId(1)}), HasSubstr(R"("bookings":[{"position":10,)"));
  EXPECT_THAT(replay({.user_id = UserId(2)}), HasSubstr(R"("bookings":[])"));
}

TEST_F(ReplayAtTest, says_what_did_not_exist_then) {
  EXPECT_EQ(replay({.at = after(lock), .booking_id = BookingId(1)}),
            "there was no booking 1 at position 6");
  EXPECT_EQ(fault_kind, FaultKind::not_found);
  EXPECT_EQ(replay({.at = after(Position(11))}), "position 11 is not in the log, which ends at 10");
  EXPECT_EQ(fault_kind, FaultKind::not_found);
}

TEST(ParseMoment, takes_positions_and_times_and_nothing_else) {
  EXPECT_EQ(parse_moment("12").value().position, Position(12));
  EXPECT_EQ(parse_moment("2024-06-15T12:00:00Z").value().time, noon);
  EXPECT_EQ(parse_moment("").value().position, std::nullopt);
  for (const char* wrong : {"-1", "1x", "yesterday", "2024-06-15"}) {
    ASSERT_FALSE(parse_moment(wrong).has_value()) << wrong;
    EXPECT_EQ(parse_moment(wrong).error().kind, FaultKind::invalid);
  }
}

}  // namespace
}  // namespace boxoffice::tools::audit
