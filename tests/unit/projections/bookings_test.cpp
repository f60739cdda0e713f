#include <gtest/gtest.h>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

using events::CancelReason;

TEST(Bookings, a_booking_is_what_its_event_says) {
  Models models;
  events::BookingCreated created = booking_created(1, 2, {SeatId(7), SeatId(9)}, 3);
  created.guest = true;
  const Position at = models.given(show_created(2), created);
  EXPECT_EQ(models->status()[0].stopped.empty(), false) << "the catalogue misses the movie";
  // The seat map and the bookings need no catalogue.
  const auto booking = models->booking(BookingId(1), at);
  ASSERT_TRUE(booking);
  EXPECT_EQ(booking->booking_id, BookingId(1));
  EXPECT_EQ(booking->user_id, UserId(3));
  EXPECT_EQ(booking->show_id, ShowId(2));
  EXPECT_EQ(booking->seat_ids, (std::vector<SeatId>{SeatId(7), SeatId(9)}));
  EXPECT_EQ(booking->total_amount, Money{2500});
  EXPECT_EQ(booking->status, BookingStatus::pending);
  EXPECT_TRUE(booking->guest);
  EXPECT_TRUE(booking->transaction_id.is_zero());
  EXPECT_EQ(booking->cancel_reason, std::nullopt);
  EXPECT_EQ(booking->expires_at, time_of(600));
  EXPECT_EQ(booking->created_at, time_of(2));
}

class BookingsTest : public ::testing::Test {
 protected:
  BookingsTest() {
    models.given(movie_created(1), theatre_created(1), show_created(1),
                 booking_created(1, 1, {SeatId(1)}));
  }

  /// What an event makes of booking 1.
  struct Step {
    events::EventBody event;
    BookingStatus status = BookingStatus::pending;
    std::optional<CancelReason> reason;
    bool settled = false;   // has its payment's transaction id
    bool extended = false;  // has the payment's deadline
  };

  /// Checks each step when it has just happened, and all of them again at the end.
  void expect(const std::vector<Step>& steps) {
    std::vector<Position> positions;
    for (const Step& step : steps) {
      positions.push_back(models.given(step.event));
      check(step, positions.back());
    }
    for (std::size_t i = 0; i < steps.size(); ++i) check(steps[i], positions[i]);
  }

  void check(const Step& step, Position at) {
    SCOPED_TRACE(std::string(events::type_name(step.event)));
    const auto booking = models->booking(BookingId(1), at);
    ASSERT_TRUE(booking);
    EXPECT_EQ(booking->status, step.status);
    EXPECT_EQ(booking->cancel_reason, step.reason);
    EXPECT_EQ(booking->transaction_id, step.settled ? transaction(1) : Uuid{});
    EXPECT_EQ(booking->expires_at, time_of(step.extended ? 900 : 600));
  }

  const events::PaymentSucceeded paid{PaymentId(1), BookingId(1), transaction(1), false};
  const events::PaymentFailed not_paid{PaymentId(1), BookingId(1), transaction(1)};
  const events::BookingConfirmed confirmed{BookingId(1), PaymentId(1), false};
  Models models;
};

constexpr auto pending = BookingStatus::pending;
constexpr auto confirmed_status = BookingStatus::confirmed;
constexpr auto cancelled = BookingStatus::cancelled;

TEST_F(BookingsTest, a_paid_booking_is_confirmed) {
  expect({{payment_initiated(1), pending, {}, false, true},
          {paid, pending, {}, true, true},
          {confirmed, confirmed_status, {}, true, true}});
}

TEST_F(BookingsTest, a_failed_payment_cancels_and_is_named) {
  expect({{payment_initiated(1), pending, {}, false, true},
          {not_paid, pending, {}, true, true},
          {events::BookingCancelled{BookingId(1), CancelReason::payment_failed}, cancelled,
           CancelReason::payment_failed, true, true}});
}

TEST_F(BookingsTest, an_expired_booking_is_cancelled_and_a_late_payment_brings_it_back) {
  expect({{events::BookingExpired{BookingId(1)}, cancelled, CancelReason::expired, false, false},
          {paid, cancelled, CancelReason::expired, true, false},
          {events::BookingConfirmed{BookingId(1), PaymentId(1), true},
           confirmed_status,
           {},
           true,
           false}});
}

TEST_F(BookingsTest, a_refund_leaves_the_booking_cancelled) {
  expect({{confirmed, confirmed_status, {}, false, false},
          {events::BookingCancelled{BookingId(1), CancelReason::user}, cancelled,
           CancelReason::user, false, false},
          {events::RefundRequested{PaymentId(1), BookingId(1), Money{1250}}, cancelled,
           CancelReason::user, false, false}});
}

TEST_F(BookingsTest, a_booking_is_not_there_before_its_creation) {
  EXPECT_FALSE(models->booking(BookingId(1), Position(3)));
  EXPECT_TRUE(models->booking(BookingId(1), Position(4)));
  EXPECT_FALSE(models->booking(BookingId(2), Position(4)));
}

TEST_F(BookingsTest, a_users_bookings_are_listed_by_id_as_of_then) {
  const Position two = models.given(booking_created(2, 1, {SeatId(2)}, 1));
  const Position all = models.given(booking_created(256, 1, {SeatId(3)}, 1),
                                    booking_created(300, 1, {SeatId(4)}, 256));
  const auto ids = [&](std::uint32_t user, Position at) {
    std::vector<std::uint32_t> out;
    for (const auto& b : models->bookings_of(UserId(user), {}, at))
      out.push_back(b.booking_id.value);
    return out;
  };
  EXPECT_EQ(ids(1, all), (std::vector<std::uint32_t>{1, 2, 256}));
  EXPECT_EQ(ids(1, two), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(ids(256, all), (std::vector<std::uint32_t>{300}));
  EXPECT_EQ(ids(2, all), (std::vector<std::uint32_t>{}));
}

}  // namespace
}  // namespace boxoffice::projections
