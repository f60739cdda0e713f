// Everything about one booking, seat or request: nothing missing, nothing of others.
#include "tools/audit/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/audit/story.h"

namespace boxoffice::tools::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

// clang-format off
constexpr const char* story_of_booking_1 = R"(what happened
  8 2024-06-15T12:00:08Z anonymous, request r-lock
    |- 8 SeatsLocked show_id=1 seat_ids=[1,2] user_session="ann" since="2024-06-15T12:00:00Z" until="2024-06-15T12:05:00Z"
  9 2024-06-15T12:00:09Z anonymous, request r-bob
    |- 9 CommandRefused command="lock_seats" reason="seat_taken" seat_ids=[2] show_id=1 user_session="bob"
  10 2024-06-15T12:00:10Z anonymous, request r-book
    |- 10 BookingCreated booking_id=1 user_id=1 show_id=1 seat_ids=[1,2] total_amount=20.0 expires_at="2024-06-15T12:15:00Z" guest=false
  11 2024-06-15T12:00:11Z anonymous
    |- 11 PaymentInitiated payment_id=1 booking_id=1 amount=20.0 payment_method="credit_card" transaction_id="01000000-0000-0000-0000-000000000000" booking_expires_at="2024-06-15T12:15:00Z"
  12 2024-06-15T12:00:12Z anonymous
    |- 12 PaymentFailed payment_id=1 booking_id=1 transaction_id="00000000-0000-0000-0000-000000000000"
    |- 13 BookingCancelled booking_id=1 reason="payment_failed"
who held the seats
  seat 1 by lock 8, session "ann"
    from 8 2024-06-15T12:00:08Z to 10 2024-06-15T12:00:10Z (BookingCreated)
  seat 2 by lock 8, session "ann"
    from 8 2024-06-15T12:00:08Z to 10 2024-06-15T12:00:10Z (BookingCreated)
  seat 1 by booking 1, user 1
    from 10 2024-06-15T12:00:10Z to 13 2024-06-15T12:00:12Z (BookingCancelled)
  seat 2 by booking 1, user 1
    from 10 2024-06-15T12:00:10Z to 13 2024-06-15T12:00:12Z (BookingCancelled)
who was refused
  9 2024-06-15T12:00:09Z anonymous, request r-bob: lock_seats refused, seat_taken, seat 2, session "bob"
)";
// clang-format on

class TraceTest : public testing::Test {
 protected:
  TraceTest() {
    story.opens();
    story.happens({locked({SeatId(1)}, "early")});                            // 6
    story.happens({events::LockExpired{ShowId(1), {SeatId(1)}}});             // 7
    story.happens({locked({SeatId(1), SeatId(2)}, "ann")}, "r-lock");         // 8
    story.happens({refused(SeatId(2), "bob")}, "r-bob");                      // 9
    story.happens({booked(BookingId(1), {SeatId(1), SeatId(2)})}, "r-book");  // 10
    story.happens({initiated(PaymentId(1), BookingId(1), Money{2000})});      // 11
    story.happens({events::PaymentFailed{PaymentId(1), BookingId(1), {}},     // 12
                   events::BookingCancelled{BookingId(1), events::CancelReason::payment_failed}});
    story.happens({locked({SeatId(1)}, "late")});                  // 14
    story.happens({events::SeatsReleased{ShowId(1), {SeatId(1)}},  // 15
                   events::UserLoggedIn{UserId(2)}});
  }

  static events::CommandRefused refused(SeatId seat, std::string session) {
    events::CommandRefused body;
    body.seat_ids = {seat};
    body.show_id = ShowId(1);
    body.user_session = std::move(session);
    return body;
  }

  std::string trace_text(const std::string& what, bool json = false) {
    std::ostringstream out;
    const auto done = trace(story.log(), {.subject = parse_subject(what).value(), .json = json},
                            out, silence.talk);
    return done ? out.str() : done.error().text;
  }

  Story story;
  Silence silence;
};

TEST_F(TraceTest, tells_a_bookings_story_from_its_lock_to_its_end) {
  EXPECT_EQ(trace_text("booking:1"), story_of_booking_1);
}

TEST_F(TraceTest, tells_everything_about_a_seat) {
  const std::string told = trace_text("seat:1");
  EXPECT_THAT(told, HasSubstr("  6 2024"));
  EXPECT_THAT(told, HasSubstr("|- 12 PaymentFailed")) << "of its booking";
  EXPECT_THAT(told, HasSubstr("seat 1 by lock 14, session \"late\""));
  EXPECT_THAT(told, HasSubstr("to 7 2024-06-15T12:00:07Z (LockExpired)"));
  EXPECT_THAT(told, HasSubstr("to 15 2024-06-15T12:00:14Z (SeatsReleased)"));
  EXPECT_THAT(told, HasSubstr("and 1 events about something else"));
  EXPECT_THAT(told, Not(HasSubstr("who was refused"))) << "bob wanted another seat";
}

TEST_F(TraceTest, tells_who_holds_a_seat_still) {
  story.happens({locked({SeatId(3)}, "last")});
  EXPECT_THAT(trace_text("seat:3"), HasSubstr("and still at the log's end"));
}

TEST_F(TraceTest, knows_that_a_late_payment_takes_the_seats_again) {
  story.happens({events::PaymentSucceeded{PaymentId(1), BookingId(1), {}, true},
                 events::BookingConfirmed{BookingId(1), PaymentId(1), true}});
  const std::string told = trace_text("booking:1");
  EXPECT_THAT(told, HasSubstr("seat 2 by booking 1\n    from 18 2024-06-15T12:00:15Z and still"));
  EXPECT_THAT(told, HasSubstr("session \"late\"")) << "who held a seat in between";
}

TEST_F(TraceTest, counts_a_booking_as_one_hold_before_and_after_it_is_paid) {
  const Position made = story.happens({booked(BookingId(2), {SeatId(3)})});
  story.happens({initiated(PaymentId(2), BookingId(2), Money{1000})});
  story.happens({events::PaymentSucceeded{PaymentId(2), BookingId(2), {}, false},
                 events::BookingConfirmed{BookingId(2), PaymentId(2), false}});
  EXPECT_THAT(trace_text("booking:2"),
              HasSubstr("who held the seats\n  seat 3 by booking 2, user 1\n    from " +
                        std::to_string(made.value) + " 2024-06-15T12:00:15Z and still"));
}

TEST_F(TraceTest, tells_what_a_request_did) {
  EXPECT_EQ(trace_text("request:r-lock", true),
            R"({"kind":"command","command":8,"time":"2024-06-15T12:00:08Z","cause":"r-lock",)"
            R"("other_events":0,"events":[{"seq":8,"type":"SeatsLocked",)"
            R"("time":"2024-06-15T12:00:08Z","data":{"show_id":1,"seat_ids":[1,2],)"
            R"("user_session":"ann","user_id":null,"since":"2024-06-15T12:00:00Z",)"
            R"("until":"2024-06-15T12:05:00Z"},"command":8,)"
            R"("actor":{"kind":"anonymous","user_id":null},"cause":"r-lock","trace":null}]})"
            "\n");
}

TEST_F(TraceTest, says_when_there_is_nothing) {
  EXPECT_EQ(trace_text("booking:9"), "no event is about booking 9");
  EXPECT_EQ(trace_text("seat:9"), "no event is about seat 9");
  EXPECT_EQ(trace_text("request:9"), "no event was caused by request 9");
}

TEST(ParseSubject, takes_four_kinds_and_nothing_else) {
  EXPECT_EQ(parse_subject("booking:3").value().booking_id, BookingId(3));
  EXPECT_EQ(parse_subject("seat:17").value().seat_id, SeatId(17));
  EXPECT_EQ(parse_subject("request:a:b").value().request_id, "a:b");
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(to_hex(parse_subject("trace:" + id).value().trace->bytes), id);
  for (const char* wrong :
       {"", "3", "booking:", "booking:0", "seat:x", "show:1",
        "request:", "trace:", "trace:4bf92f3577b34da6", "trace:4BF92F3577B34DA6A3CE929D0E0E4736"}) {
    EXPECT_FALSE(parse_subject(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace boxoffice::tools::audit
