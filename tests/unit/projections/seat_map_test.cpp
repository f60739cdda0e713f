#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

constexpr Instant until{5'000'000};

/// The seats of a show as letters: free '.', locked 'L', booked 'B'.
std::string seats_of(const ReadModels& models, std::uint32_t show) {
  std::string out;
  const auto map = models.seat_map(ShowId(show));
  if (!map) return "none";
  for (const SeatView& seat : map->seats) {
    switch (seat.status) {
      case SeatStatus::free: out += '.'; break;
      case SeatStatus::locked: out += 'L'; break;
      case SeatStatus::booked: out += 'B'; break;
    }
    EXPECT_EQ(seat.locked_until, seat.status == SeatStatus::locked ? until : Instant{});
  }
  return out;
}

events::BookingConfirmed confirmed(std::uint32_t booking, bool late) {
  return {.booking_id = BookingId(booking), .payment_id = PaymentId(booking), .late = late};
}
events::BookingExpired expired(std::uint32_t booking) { return {BookingId(booking)}; }
events::BookingCancelled cancelled(std::uint32_t booking) {
  return {BookingId(booking), events::CancelReason::user};
}

class SeatMapTest : public ::testing::Test {
 protected:
  SeatMapTest() {
    models.given(movie_created(1), theatre_created(1), show_created(1), show_created(2));
  }

  struct Step {
    events::EventBody event;
    std::string seats;  // of show 1, afterwards
  };
  void expect(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      const Position at = models.given(step.event);
      EXPECT_EQ(seats_of(*models, 1), step.seats) << events::type_name(step.event) << at.value;
      const auto counted = models->seat_counts();
      EXPECT_EQ(counted.locked, std::ranges::count(step.seats, 'L')) << at.value;
      EXPECT_EQ(counted.booked, std::ranges::count(step.seats, 'B')) << at.value;
    }
    EXPECT_EQ(seats_of(*models, 2), "......") << "the other show is as it was";
  }

  Models models;
};

TEST_F(SeatMapTest, locks_come_and_go) {
  expect({{seats_locked(1, {SeatId(1), SeatId(6)}, until), "L....L"},
          {seats_locked(1, {SeatId(2)}, until), "LL...L"},
          {events::SeatsReleased{ShowId(1), {SeatId(1), SeatId(6)}}, ".L...."},
          {events::LockExpired{ShowId(1), {SeatId(2)}}, "......"}});
}

TEST_F(SeatMapTest, a_renewal_moves_the_end_of_the_lock) {
  models.given(seats_locked(1, {SeatId(1)}, Instant{1}));
  models.given(seats_locked(1, {SeatId(1)}, Instant{2}));
  EXPECT_EQ(models->seat_map(ShowId(1))->seats[0].locked_until, Instant{2});
}

TEST_F(SeatMapTest, a_booking_holds_its_seats_until_it_ends) {
  expect({{seats_locked(1, {SeatId(1), SeatId(2)}, until), "LL...."},
          {booking_created(1, 1, {SeatId(1), SeatId(2)}), "BB...."},
          {confirmed(1, false), "BB...."},
          {booking_created(2, 1, {SeatId(3)}), "BBB..."},
          {expired(2), "BB...."},
          {cancelled(1), "......"}});
}

TEST_F(SeatMapTest, a_late_confirmation_takes_the_seats_again) {
  expect({{booking_created(1, 1, {SeatId(4), SeatId(5)}), "...BB."},
          {expired(1), "......"},
          {confirmed(1, true), "...BB."},
          {cancelled(1), "......"}});
}

TEST_F(SeatMapTest, ending_a_booking_frees_only_what_still_belongs_to_it) {
  expect({{booking_created(1, 1, {SeatId(1), SeatId(2)}), "BB...."},
          {expired(1), "......"},
          {booking_created(2, 1, {SeatId(1)}), "B....."},
          {cancelled(1), "B....."},
          {cancelled(2), "......"},
          {cancelled(1), "......"}});
}

TEST_F(SeatMapTest, events_about_other_things_leave_the_seats_alone) {
  expect({{booking_created(1, 1, {SeatId(1)}), "B....."},
          {payment_initiated(1), "B....."},
          {events::PaymentFailed{PaymentId(1), BookingId(1), transaction(1)}, "B....."},
          {events::CommandRefused{}, "B....."}});
}

TEST_F(SeatMapTest, a_deleted_show_has_no_seat_map) {
  expect({{seats_locked(1, {SeatId(1)}, until), "L....."},
          {events::ShowDeleted{ShowId(1)}, "none"},
          {events::LockExpired{ShowId(1), {SeatId(1)}}, "none"}});
  EXPECT_FALSE(models->seat_map_version(ShowId(1)));
  EXPECT_FALSE(models->seat_map(ShowId(9)));
  EXPECT_FALSE(models->seat_map_version(ShowId(9)));
  models.reopen();
  EXPECT_FALSE(models->seat_map(ShowId(1)));
}

TEST_F(SeatMapTest, the_version_is_the_position_of_the_last_change_and_outlives_a_restart) {
  EXPECT_EQ(models->seat_map(ShowId(1))->version, 3U) << "its creation";
  const Position lock = models.given(seats_locked(1, {SeatId(1)}, until));
  const Position release = models.given(events::SeatsReleased{ShowId(1), {SeatId(1)}});
  const Position other = models.given(seats_locked(2, {SeatId(7)}, until));
  EXPECT_LT(lock, release);
  const auto check = [&] {
    const auto map = models->seat_map(ShowId(1));
    EXPECT_EQ(map->version, release.value);
    EXPECT_EQ(map->position, other);
    const auto version = models->seat_map_version(ShowId(1));
    EXPECT_EQ(version->version, release.value);
    EXPECT_EQ(version->position, other);
  };
  check();
  unwrap(models->flush());
  models.reopen();
  check();
}

TEST_F(SeatMapTest, a_show_knows_its_seats_and_rows) {
  const auto map = models->seat_map(ShowId(2));
  EXPECT_EQ(map->first_seat, SeatId(7));
  EXPECT_EQ(map->rows, (std::vector<std::uint16_t>{3, 3}));
  EXPECT_EQ(map->seats.size(), 6U);
}

}  // namespace
}  // namespace boxoffice::projections
