#include "projections/row_key.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace boxoffice::projections {
namespace {

TEST(RowKey, sorts_as_its_parts) {
  EXPECT_EQ(row_key('t', ShowId(1), SeatId(258)), std::string("t\0\0\0\1\0\0\1\2", 9));
  EXPECT_LT(row_key('t', ShowId(1), SeatId(300)), row_key('t', ShowId(2), SeatId(1)));
  EXPECT_LT(row_key('m', MovieId(1), Position(255)), row_key('m', MovieId(1), Position(256)));
}

}  // namespace
}  // namespace boxoffice::projections
