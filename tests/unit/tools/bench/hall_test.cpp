#include "tools/bench/hall.h"

#include <gtest/gtest.h>

#include <set>

namespace boxoffice::tools::bench {
namespace {

std::vector<SeatId> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<SeatId> seats;
  for (const std::uint32_t number : numbers) seats.emplace_back(number);
  return seats;
}

Hall hall_of(std::uint32_t first, std::uint32_t count) {
  std::vector<SeatId> seats;
  for (std::uint32_t i = 0; i < count; ++i) seats.emplace_back(first + i);
  return Hall(ShowId(1), std::move(seats));
}

TEST(Hall, gives_each_the_next_seats) {
  Hall hall = hall_of(11, 7);
  EXPECT_EQ(hall.choose_next(3), ids({11, 12, 13}));
  EXPECT_EQ(hall.choose_next(3), ids({14, 15, 16}));
  EXPECT_TRUE(hall.choose_next(3).empty());
}

TEST(Hall, gives_no_seat_that_is_known_to_be_taken_until_it_is_free) {
  Hall hall = hall_of(11, 6);
  Random random(1);
  hall.taken(ids({12, 14, 14}));
  EXPECT_EQ(hall.free(), 4u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(hall.choose_anywhere(2, random), ids({15, 16}));
  EXPECT_TRUE(hall.choose_anywhere(3, random).empty());
  EXPECT_TRUE(hall.choose_best(3, random).empty());
  hall.freed(ids({12}));
  EXPECT_EQ(hall.free(), 5u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(hall.choose_best(3, random), ids({11, 12, 13}));
}

TEST(Hall, knows_nothing_of_other_halls_seats) {
  Hall hall = hall_of(11, 3);
  hall.taken(ids({1, 10, 14, 400}));
  EXPECT_EQ(hall.free(), 3u);
}

TEST(Hall, lets_many_choose_among_the_best) {
  Hall hall = hall_of(1, 1'000);
  Random random(1);
  std::set<SeatId> firsts;
  for (int i = 0; i < 1'000; ++i) firsts.insert(hall.choose_best(2, random).front());
  EXPECT_EQ(firsts.size(), 32u);
  EXPECT_EQ(*firsts.rbegin(), SeatId(63));
}

TEST(Hall, is_sold_out_in_the_end) {
  Hall hall = hall_of(1, 100);
  Random random(1);
  std::size_t sold = 0;
  while (hall.free() > 0) {
    const auto seats = hall.choose_anywhere(1, random);
    ASSERT_EQ(seats.size(), 1u);
    hall.taken(seats);
    ++sold;
  }
  EXPECT_EQ(sold, 100u);
  EXPECT_TRUE(hall.choose_anywhere(1, random).empty());
  EXPECT_TRUE(hall.choose_best(1, random).empty());
  EXPECT_TRUE(hall.choose_next(1).empty());
}

}  // namespace
}  // namespace boxoffice::tools::bench
