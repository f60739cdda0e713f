#include "tools/bench/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace boxoffice::tools::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Instant for_good{std::numeric_limits<std::int64_t>::max()};

std::vector<SeatId> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<SeatId> seats;
  for (const std::uint32_t number : numbers) seats.emplace_back(number);
  return seats;
}

// A house that tells the truth, until a test makes it lie.
struct House {
  Ledger ledger;
  std::vector<LoggedEvent> log;
  Money captured{};

  void happened(std::uint64_t seq, std::string type, std::vector<SeatId> seats,
                std::uint32_t booking = 0, std::uint64_t command = 0) {
    log.push_back({.seq = Position(seq),
                   .command = Position(command == 0 ? seq : command),
                   .type = std::move(type),
                   .show = ShowId(1),
                   .seats = std::move(seats),
                   .booking = BookingId(booking)});
  }
  void told(std::uint64_t seq, Granted what, std::uint32_t session, std::vector<SeatId> seats,
            std::int64_t since = 0, Instant until = Instant{1'000}, std::uint32_t booking = 0) {
    ledger.add({.seq = Position(seq),
                .what = what,
                .show = ShowId(1),
                .session = session,
                .booking = BookingId(booking),
                .amount = Money{booking == 0 ? 0 : 2'500},
                .since = Instant{since},
                .until = until,
                .seats = std::move(seats)});
  }
  void locked(std::uint64_t seq, std::uint32_t session, const std::vector<SeatId>& seats,
              std::int64_t since = 0) {
    happened(seq, "SeatsLocked", seats);
    told(seq, Granted::lock, session, seats, since, Instant{since + 1'000});
  }
  void sold(std::uint64_t seq, std::uint32_t session, const std::vector<SeatId>& seats,
            std::uint32_t booking) {
    locked(seq, session, seats);
    happened(seq + 1, "BookingCreated", seats, booking);
    told(seq + 1, Granted::booking, session, seats, 0, Instant{1'000}, booking);
    happened(seq + 2, "PaymentSucceeded", {}, booking, seq + 2);
    happened(seq + 3, "BookingConfirmed", {}, booking, seq + 2);
    told(seq + 3, Granted::payment, session, seats, 0, for_good, booking);
    captured += Money{2'500};
  }

  SweepResult sweep() {
    const auto result = ledger.sweep(
        [&](Position after, const auto& take) -> Result<void> {
          for (const LoggedEvent& event : log) {
            if (event.seq > after && !take(event)) break;
          }
          return success();
        },
        [&](ShowId) -> Result<Money> { return captured; });
    return result.value();
  }
};

TEST(Ledger, finds_nothing_where_nothing_was) {
  House house;
  const SweepResult swept = house.sweep();
  EXPECT_EQ(swept.faults, 0u);
  EXPECT_EQ(swept.events, 0u);
}

TEST(Ledger, believes_a_house_that_tells_the_truth) {
  House house;
  house.locked(101, 2, ids({4, 5, 6}));
  house.sold(102, 1, ids({1, 2, 3}), 7);
  house.happened(106, "SeatsReleased", ids({4, 5, 6}));
  house.told(106, Granted::release, 2, ids({4, 5, 6}));
  house.locked(107, 3, ids({6, 7}));
  house.locked(108, 3, ids({6, 7}));         // renewed
  house.locked(110, 4, ids({6, 7}), 5'000);  // its time was up
  const SweepResult swept = house.sweep();
  EXPECT_THAT(swept.first_faults, ElementsAre());
  EXPECT_EQ(swept.faults, 0u);
  EXPECT_EQ(swept.grants, 8u);
  EXPECT_EQ(swept.paid, Money{2'500});
  EXPECT_EQ(swept.captured, Money{2'500});
}

TEST(Ledger, takes_answers_in_the_order_of_the_log_not_of_their_arrival) {
  House house;
  house.happened(1, "SeatsLocked", ids({1}));
  house.happened(2, "SeatsReleased", ids({1}));
  house.happened(3, "SeatsLocked", ids({1}));
  house.told(3, Granted::lock, 2, ids({1}));
  house.told(2, Granted::release, 1, ids({1}));
  house.told(1, Granted::lock, 1, ids({1}));
  EXPECT_EQ(house.sweep().faults, 0u);
}

TEST(Ledger, finds_a_seat_that_two_were_given) {
  House house;
  house.locked(1, 1, ids({1, 2, 3}));
  house.locked(2, 2, ids({3, 4}));
  EXPECT_THAT(house.sweep().first_faults, ElementsAre(HasSubstr("seat 3 is another's")));
}

TEST(Ledger, finds_a_seat_that_was_sold_and_given_away_later) {
  House house;
  house.sold(1, 1, ids({1, 2}), 7);
  house.locked(9, 2, ids({2}), 1'000'000'000);
  EXPECT_THAT(house.sweep().first_faults, ElementsAre(HasSubstr("seat 2 is another's")));
}

TEST(Ledger, finds_that_somebody_gave_back_what_another_had) {
  House house;
  house.locked(1, 1, ids({1}));
  house.happened(2, "SeatsReleased", ids({1}));
  house.told(2, Granted::release, 2, ids({1}));
  house.locked(3, 3, ids({1}));
  EXPECT_EQ(house.sweep().faults, 1u);
}

TEST(Ledger, finds_what_is_not_in_the_log) {
  for (const std::size_t gone : {0, 1, 2}) {
    House house;
    for (std::uint32_t i = 0; i < 3; ++i) house.locked(i + 1, i + 1, ids({i + 1}));
    house.log.erase(house.log.begin() + static_cast<std::ptrdiff_t>(gone));
    EXPECT_THAT(house.sweep().first_faults,
                ElementsAre("position " + std::to_string(gone + 1) + " is not in the log"));
  }
}

TEST(Ledger, finds_that_the_log_says_something_else) {
  House other_seats;
  other_seats.locked(1, 1, ids({1, 2}));
  other_seats.log[0].seats = ids({1, 3});
  EXPECT_THAT(other_seats.sweep().first_faults, ElementsAre(HasSubstr("acknowledged as a lock")));

  House other_kind;
  other_kind.locked(1, 1, ids({1}));
  other_kind.log[0].type = "CommandRefused";
  EXPECT_THAT(other_kind.sweep().first_faults, ElementsAre(HasSubstr("has CommandRefused there")));

  House other_booking;
  other_booking.sold(1, 1, ids({1}), 7);
  other_booking.log.back().booking = BookingId(8);
  EXPECT_THAT(other_booking.sweep().first_faults, ElementsAre(HasSubstr("as a payment")));

  House other_show;
  other_show.locked(1, 1, ids({1}));
  other_show.log[0].show = ShowId(2);
  EXPECT_EQ(other_show.sweep().faults, 1u);
}

TEST(Ledger, finds_answers_without_a_position_or_with_one_of_another) {
  House house;
  house.locked(5, 1, ids({1}));
  house.told(5, Granted::lock, 2, ids({2}));
  house.told(0, Granted::lock, 3, ids({3}));
  const auto told = house.sweep().first_faults;
  EXPECT_THAT(told, testing::Contains("two answers name position 5"));
  EXPECT_THAT(told, testing::Contains("a lock without a position"));
}

TEST(Ledger, finds_that_money_does_not_add_up) {
  House house;
  house.sold(1, 1, ids({1}), 7);
  house.captured = Money{2'400};
  EXPECT_THAT(house.sweep().first_faults,
              ElementsAre("show 1: 25.0 was paid, and its report says 24.0"));
}

TEST(Ledger, finds_that_a_booking_was_paid_twice) {
  House house;
  house.sold(1, 1, ids({1}), 7);
  house.happened(5, "BookingConfirmed", {}, 7);
  house.told(5, Granted::payment, 1, ids({1}), 0, for_good, 7);
  house.captured = Money{5'000};
  EXPECT_THAT(house.sweep().first_faults, ElementsAre("booking 7 was paid twice"));
}

TEST(Ledger, tells_a_few_faults_and_counts_them_all) {
  House house;
  for (std::uint64_t i = 1; i <= 50; ++i) house.told(i, Granted::lock, 1, {});
  const SweepResult swept = house.sweep();
  EXPECT_EQ(swept.faults, 50u);
  EXPECT_EQ(swept.first_faults.size(), 10u);
}

}  // namespace
}  // namespace boxoffice::tools::bench
