#include "projections/views.h"

#include <gtest/gtest.h>

namespace boxoffice::projections {
namespace {

TEST(Views, rows_are_named_like_spreadsheet_columns) {
  EXPECT_EQ(row_name(0), "A");
  EXPECT_EQ(row_name(25), "Z");
  EXPECT_EQ(row_name(26), "AA");
  EXPECT_EQ(row_name(27), "AB");
  EXPECT_EQ(row_name(51), "AZ");
  EXPECT_EQ(row_name(52), "BA");
  EXPECT_EQ(row_name(701), "ZZ");
  EXPECT_EQ(row_name(702), "AAA");
  EXPECT_EQ(row_name(999), "ALL");
}

TEST(Views, a_seats_place_is_its_row_and_its_number_in_it) {
  const std::vector<std::uint16_t> rows{3, 1, 2};
  const std::vector<std::pair<int, int>> expected{{0, 1}, {0, 2}, {0, 3}, {1, 1}, {2, 1}, {2, 2}};
  for (std::uint32_t index = 0; index < expected.size(); ++index) {
    const SeatPlace place = seat_place(rows, index);
    EXPECT_EQ(place.row, expected[index].first) << index;
    EXPECT_EQ(place.number, expected[index].second) << index;
  }
}

TEST(ViewsDeathTest, a_seat_outside_its_show_is_a_bug) {
  EXPECT_DEATH(seat_place({3, 1}, 4), "inside its show");
}

}  // namespace
}  // namespace boxoffice::projections
