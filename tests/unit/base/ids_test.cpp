#include "base/ids.h"

#include <gtest/gtest.h>

#include "base/ensure.h"

namespace boxoffice {
namespace {

static_assert(!std::is_convertible_v<MovieId, ShowId>);
static_assert(!std::is_convertible_v<int, ShowId>);
static_assert(!std::is_convertible_v<ShowId, int>);

TEST(Ids, that_are_none_are_false) {
  EXPECT_FALSE(ShowId());
  EXPECT_TRUE(ShowId(1));
  EXPECT_EQ(ShowId().next(), ShowId(1));
}

TEST(Ids, from_the_wire_are_none_when_they_do_not_fit) {
  EXPECT_EQ(ShowId::from_wire(1), ShowId(1));
  EXPECT_EQ(ShowId::from_wire(4'294'967'295), ShowId(4'294'967'295));
  for (const std::int64_t wire :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{4'294'967'296},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_FALSE(ShowId::from_wire(wire)) << wire;
  }
}

TEST(Ensure, says_what_and_where_and_aborts) {
  EXPECT_DEATH(ENSURE(1 + 1 == 3, "arithmetic holds"),
               "internal error at .*ids_test.cpp:[0-9]+: arithmetic holds \\(1 \\+ 1 == 3\\)");
}

}  // namespace
}  // namespace boxoffice
