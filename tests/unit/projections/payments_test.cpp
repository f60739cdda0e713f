#include <gtest/gtest.h>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

class PaymentsTest : public ::testing::Test {
 protected:
  PaymentsTest() {
    models.given(movie_created(1), theatre_created(1), show_created(1),
                 booking_created(1, 1, {SeatId(1)}));
    created = models.given(payment_initiated(1));
  }

  struct Step {
    events::EventBody event;
    PaymentStatus status = PaymentStatus::pending;
    bool late = false;
  };

  /// Checks each step when it has just happened, and all of them again at the end.
  void expect(const std::vector<Step>& steps) {
    std::vector<Position> positions;
    for (const Step& step : steps) {
      positions.push_back(models.given(step.event));
      check(step, positions.back());
    }
    for (std::size_t i = 0; i < steps.size(); ++i) check(steps[i], positions[i]);
    check({{}, PaymentStatus::pending, false}, created);
  }

  void check(const Step& step, Position at) {
    const auto payment = models->payment(PaymentId(1), at);
    ASSERT_TRUE(payment);
    EXPECT_EQ(payment->status, step.status) << at.value;
    EXPECT_EQ(payment->late, step.late) << at.value;
    EXPECT_EQ(text_of(*models->payment(transaction(1), at)), text_of(*payment));
  }

  events::PaymentSucceeded succeeded(bool late) {
    return {PaymentId(1), BookingId(1), transaction(1), late};
  }
  const events::PaymentFailed failed{PaymentId(1), BookingId(1), transaction(1)};
  const events::RefundRequested refund{PaymentId(1), BookingId(1), Money{1250}};
  Models models;
  Position created;
};

TEST_F(PaymentsTest, a_payment_is_what_its_event_says) {
  const auto payment = models->payment(PaymentId(1), created);
  ASSERT_TRUE(payment);
  EXPECT_EQ(payment->payment_id, PaymentId(1));
  EXPECT_EQ(payment->booking_id, BookingId(1));
  EXPECT_EQ(payment->amount, Money{1250});
  EXPECT_EQ(payment->payment_method, "card");
  EXPECT_EQ(payment->transaction_id, transaction(1));
  EXPECT_EQ(payment->created_at, time_of(created.value));
}

TEST_F(PaymentsTest, success_then_refund) {
  expect({{succeeded(false), PaymentStatus::success, false},
          {refund, PaymentStatus::refunded, false}});
}

TEST_F(PaymentsTest, a_late_success_stays_late_when_refunded) {
  expect(
      {{succeeded(true), PaymentStatus::success, true}, {refund, PaymentStatus::refunded, true}});
}

TEST_F(PaymentsTest, a_success_after_a_failure_wins) {
  expect({{failed, PaymentStatus::failed, false}, {succeeded(true), PaymentStatus::success, true}});
}

TEST_F(PaymentsTest, what_was_never_initiated_is_not_there) {
  EXPECT_FALSE(models->payment(PaymentId(1), Position(4)));
  EXPECT_FALSE(models->payment(transaction(1), Position(4)));
  EXPECT_FALSE(models->payment(PaymentId(2), created));
  EXPECT_FALSE(models->payment(transaction(2), created));
}

}  // namespace
}  // namespace boxoffice::projections
