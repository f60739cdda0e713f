#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

using events::CancelReason;
using events::CommandType;
using events::Refusal;

SalesFigures figures_of(const ReadModels& models, std::uint32_t show) {
  const SalesView view = models.sales({.show_id = ShowId(show), .from = {}, .to = {}});
  return view.shows.empty() ? SalesFigures{} : view.shows.front().figures;
}

/// A refusal that names `show`, or `booking`, or neither.
events::CommandRefused refused(Refusal reason, std::uint32_t show, std::uint32_t booking = 0) {
  events::CommandRefused e;
  e.command = CommandType::lock_seats;
  e.reason = reason;
  e.show_id = ShowId(show);
  e.booking_id = BookingId(booking);
  return e;
}

/// A show of six seats, two of them in booking 1, whose payment is for 12.50.
class SalesTest : public ::testing::Test {
 protected:
  SalesTest() {
    models.given(movie_created(1), theatre_created(1), show_created(1),
                 booking_created(1, 1, {SeatId(1), SeatId(2)}), payment_initiated(1));
    expected.shows = 1;
    expected.seats = 6;
    expected.bookings = 1;
    check("begin");
  }

  template <class Change>
  void expect(events::EventBody event, Change&& change) {
    const std::string name(events::type_name(event));
    models.given(std::move(event));
    change(expected);
    check(name);
  }

  void check(const std::string& after) {
    EXPECT_EQ(text_of(figures_of(*models, 1)), text_of(expected)) << after;
  }

  const events::PaymentSucceeded paid{PaymentId(1), BookingId(1), transaction(1), false};
  const events::RefundRequested refund{PaymentId(1), BookingId(1), Money{1250}};
  Models models;
  SalesFigures expected;
};

void nothing(SalesFigures&) {}
void capture(SalesFigures& f) {
  f.payments = 1;
  f.captured = Money{1250};
}
void owe_back(SalesFigures& f) {
  f.refunds = 1;
  f.refunds_due = Money{1250};
}
void confirm(SalesFigures& f) {
  f.confirmed = 1;
  f.seats_sold = 2;
  f.cancelled.clear();
}

TEST_F(SalesTest, a_paid_booking_is_sold) {
  expect(paid, capture);
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), false}, confirm);
}

TEST_F(SalesTest, a_sold_booking_that_is_cancelled_is_no_longer_sold_and_its_money_is_due_back) {
  expect(paid, capture);
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), false}, confirm);
  expect(events::BookingCancelled{BookingId(1), CancelReason::user}, [](SalesFigures& f) {
    f.confirmed = f.seats_sold = 0;
    f.cancelled = {{CancelReason::user, 1}};
  });
  expect(refund, owe_back);
}

TEST_F(SalesTest, a_late_payment_that_takes_its_seats_again_undoes_the_expiry) {
  expect(events::BookingExpired{BookingId(1)}, [](SalesFigures& f) {
    f.cancelled = {{CancelReason::expired, 1}};
  });
  expect(paid, capture);
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), true}, confirm);
}

TEST_F(SalesTest, a_late_payment_whose_seats_are_taken_is_captured_and_due_back) {
  expect(events::BookingExpired{BookingId(1)}, [](SalesFigures& f) {
    f.cancelled = {{CancelReason::expired, 1}};
  });
  expect(paid, capture);
  expect(refund, owe_back);
}

TEST_F(SalesTest, a_failed_payment_sells_nothing_until_the_gateway_says_otherwise) {
  expect(events::PaymentFailed{PaymentId(1), BookingId(1), transaction(1)}, nothing);
  expect(events::BookingCancelled{BookingId(1), CancelReason::payment_failed}, [](SalesFigures& f) {
    f.cancelled = {{CancelReason::payment_failed, 1}};
  });
  expect(paid, capture);
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), true}, confirm);
}

TEST_F(SalesTest, locks_and_releases_sell_nothing) {
  expect(seats_locked(1, {SeatId(3)}, time_of(300)), nothing);
  expect(events::SeatsReleased{ShowId(1), {SeatId(3)}}, nothing);
  EXPECT_EQ(models->sales({}).position, models.history().last()) << "and yet it is up to date";
}

TEST_F(SalesTest, refusals_count_where_they_name_the_show_or_one_of_its_bookings) {
  expect(refused(Refusal::seat_taken, 1),
         [](SalesFigures& f) { f.refusals[Refusal::seat_taken] = 1; });
  expect(refused(Refusal::amount_mismatch, 0, 1),
         [](SalesFigures& f) { f.refusals[Refusal::amount_mismatch] = 1; });
  expect(refused(Refusal::seat_taken, 1),
         [](SalesFigures& f) { f.refusals[Refusal::seat_taken] = 2; });
  expect(refused(Refusal::show_not_found, 9), nothing);
  expect(refused(Refusal::booking_not_found, 0, 9), nothing);
  expect(refused(Refusal::payment_not_found, 0), nothing);
  EXPECT_EQ(models->sales({}).shows.size(), 1U);
}

TEST_F(SalesTest, a_deleted_show_keeps_its_figures_and_has_no_seats_on_offer) {
  expect(events::BookingExpired{BookingId(1)}, [](SalesFigures& f) {
    f.cancelled = {{CancelReason::expired, 1}};
  });
  expect(events::ShowDeleted{ShowId(1)}, [](SalesFigures& f) { f.shows = f.seats = 0; });
  expect(paid, capture);
  expect(refund, owe_back);
}

TEST(Sales, a_range_of_dates_has_both_its_ends_and_a_show_that_moves_changes_its_day) {
  Models models;
  models.given(movie_created(1), theatre_created(1));
  for (std::uint32_t day = 1; day <= 4; ++day) {
    models.given(show_created(day, 1, 1, Date{2030, 1, static_cast<std::uint8_t>(day)}));
  }
  const auto shows = [&](std::optional<Date> from, std::optional<Date> to) {
    std::vector<std::uint32_t> ids;
    const SalesView view = models->sales({.show_id = {}, .from = from, .to = to});
    EXPECT_EQ(view.position, models.history().last());
    for (const ShowSales& show : view.shows) ids.push_back(show.show_id.value);
    return ids;
  };
  using Ids = std::vector<std::uint32_t>;
  EXPECT_EQ(shows({}, {}), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(shows(Date{2030, 1, 2}, Date{2030, 1, 3}), (Ids{2, 3}));
  EXPECT_EQ(shows(Date{2030, 1, 3}, {}), (Ids{3, 4}));
  EXPECT_EQ(shows({}, Date{2030, 1, 1}), (Ids{1}));
  models.given(events::ShowChanged{ShowId(2), Date{2031, 1, 1}, TimeOfDay{}, Money{}});
  EXPECT_EQ(shows(Date{2030, 1, 2}, Date{2030, 1, 3}), (Ids{3}));
  EXPECT_EQ(shows(Date{2031, 1, 1}, {}), (Ids{2}));
}

ShowSales show_sales(std::uint32_t show, std::uint32_t movie, std::uint32_t theatre, Date date) {
  ShowSales sales{.show_id = ShowId(show),
                  .movie_id = MovieId(movie),
                  .theatre_id = TheatreId(theatre),
                  .show_date = date,
                  .figures = {}};
  const auto one = std::uint64_t{1} << show;  // so that a sum tells what it is made of
  sales.figures = {.shows = one,
                   .seats = one,
                   .seats_sold = one,
                   .bookings = one,
                   .confirmed = one,
                   .cancelled = {{CancelReason::user, one}},
                   .payments = one,
                   .captured = Money{1 << show},
                   .refunds = one,
                   .refunds_due = Money{1 << show},
                   .refusals = {{Refusal::seat_taken, one}}};
  return sales;
}

TEST(Sales, groups_have_the_figures_of_all_their_shows_and_are_in_order) {
  const Date later{2030, 2, 1};
  const Date earlier{2030, 1, 31};
  const std::vector<ShowSales> shows{show_sales(1, 7, 3, later), show_sales(2, 5, 3, earlier),
                                     show_sales(3, 7, 4, later)};
  const auto sums = [&](SalesBy by) {
    std::vector<std::uint64_t> out;
    for (const ShowSales& group : grouped(shows, by)) {
      const SalesFigures& f = group.figures;
      SalesFigures same = show_sales(1, 1, 1, later).figures;
      same.shows = same.seats = same.seats_sold = same.bookings = same.confirmed = f.shows;
      same.payments = same.refunds = f.shows;
      same.cancelled[CancelReason::user] = same.refusals[Refusal::seat_taken] = f.shows;
      same.captured = same.refunds_due = Money{static_cast<std::int64_t>(f.shows)};
      EXPECT_EQ(text_of(f), text_of(same)) << "every figure is added up";
      out.push_back(f.shows);
    }
    return out;
  };
  using Sums = std::vector<std::uint64_t>;
  EXPECT_EQ(sums(SalesBy::show), (Sums{2, 4, 8}));
  EXPECT_EQ(sums(SalesBy::movie), (Sums{4, 2 + 8}));
  EXPECT_EQ(sums(SalesBy::theatre), (Sums{2 + 4, 8}));
  EXPECT_EQ(sums(SalesBy::day), (Sums{4, 2 + 8}));
  EXPECT_EQ(grouped(shows, SalesBy::movie)[0].movie_id, MovieId(5));
  EXPECT_EQ(grouped(shows, SalesBy::day)[0].show_date, earlier);
}

rc::Gen<std::vector<std::uint32_t>> choices() {
  return rc::gen::resize(60,
                         rc::gen::container<std::vector<std::uint32_t>>(rc::gen::resize(
                             rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 2'000'000'000))));
}

/// What the confirmed bookings of the show cost.
Money takings(const ReadModels& models, ShowId show_id, Position at) {
  Money sum;
  for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
    const auto booking = models.booking(BookingId(id), at);
    if (!booking || booking->show_id != show_id) continue;
    if (booking->status == BookingStatus::confirmed) sum += booking->total_amount;
  }
  return sum;
}

/// What the bookings and payments say, which are folded on their own; without refusals.
SalesFigures from_bookings(const ReadModels& models, ShowId show_id, Position at) {
  SalesFigures figures;
  for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
    const auto booking = models.booking(BookingId(id), at);
    if (!booking || booking->show_id != show_id) continue;
    ++figures.bookings;
    if (booking->cancel_reason) ++figures.cancelled[*booking->cancel_reason];
    if (booking->status == BookingStatus::confirmed) {
      ++figures.confirmed;
      figures.seats_sold += booking->seat_ids.size();
    }
  }
  for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
    const auto payment = models.payment(PaymentId(id), at);
    if (!payment || models.booking(payment->booking_id, at)->show_id != show_id) continue;
    const bool refunded = payment->status == PaymentStatus::refunded;
    if (refunded || payment->status == PaymentStatus::success) {
      ++figures.payments;
      figures.captured += payment->amount;
    }
    if (refunded) {
      ++figures.refunds;
      figures.refunds_due += payment->amount;
    }
  }
  return figures;
}

RC_GTEST_PROP(Sales, are_what_bookings_and_payments_say, ()) {
  const History history = random_history(*choices()).history;
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  for (const events::Frame& frame : history.frames(1)) {
    unwrap(models->apply(frame));
    const SalesView view = models->sales({});
    RC_ASSERT(view.position == frame.last());
    for (const ShowSales& show : view.shows) {
      SalesFigures expected = from_bookings(*models, show.show_id, frame.last());
      const bool on_offer = models->show(show.show_id, frame.last()).has_value();
      expected.shows = on_offer ? 1 : 0;
      expected.seats = on_offer ? 5 : 0;
      expected.refusals = show.figures.refusals;
      RC_ASSERT(text_of(show.figures) == text_of(expected));
      // Between the events of one command money may be on its way.
      if (frame.last() < history.last()) continue;
      RC_ASSERT(expected.captured ==
                expected.refunds_due + takings(*models, show.show_id, frame.last()));
    }
  }
}

}  // namespace
}  // namespace boxoffice::projections
