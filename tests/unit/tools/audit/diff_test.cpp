// Two logs side by side: the same, one the other's beginning, or where and in what they part.
#include "tools/audit/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/audit/story.h"

namespace boxoffice::tools::audit {
namespace {

using testing::HasSubstr;

class DiffTest : public testing::Test {
 protected:
  DiffTest() {
    a.opens();
    b.opens();
  }
  std::string compare() {
    std::ostringstream out;
    const auto done = diff(a.log(), b.log(), false, out, silence.talk);
    fault_kind = done ? std::nullopt : std::optional(done.error().kind);
    return out.str();
  }

  Story a, b;
  Silence silence;
  std::optional<FaultKind> fault_kind;
};

TEST_F(DiffTest, finds_no_difference_where_there_is_none) {
  EXPECT_EQ(compare(), "the same: 5 events\n");
  EXPECT_EQ(fault_kind, std::nullopt);
}

TEST_F(DiffTest, tells_how_much_longer_one_is) {
  b.happens({events::UserLoggedIn{UserId(1)}, events::UserLoggedIn{UserId(2)}});
  EXPECT_EQ(compare(), "A is a prefix of B, which is 2 events longer\n");
  EXPECT_EQ(fault_kind, FaultKind::differs);
}

TEST_F(DiffTest, tells_each_field_of_the_first_event_that_differs) {
  a.happens({locked({SeatId(1)}, "x")}, "r1");
  b.happens({locked({SeatId(1), SeatId(2)}, "x")}, "r2");
  a.happens({events::UserLoggedIn{UserId(1)}});
  EXPECT_EQ(compare(),
            "the logs differ from position 6 on\n"
            "  cause\n    A \"r1\"\n    B \"r2\"\n"
            "  data.seat_ids\n    A [1]\n    B [1,2]\n");
  EXPECT_EQ(fault_kind, FaultKind::differs);
}

TEST_F(DiffTest, tells_events_of_different_types) {
  a.happens({events::UserLoggedIn{UserId(1)}});
  b.happens({events::MovieDeleted{MovieId(1)}});
  EXPECT_EQ(compare(),
            "the logs differ from position 6 on\n"
            "  type\n    A \"UserLoggedIn\"\n    B \"MovieDeleted\"\n"
            "  data.user_id\n    A 1\n    B absent\n"
            "  data.movie_id\n    A absent\n    B 1\n");
}

TEST_F(DiffTest, sees_ciphertexts_that_differ) {
  a.happens({events::UserChanged{UserId(1), tests::sealed("\x01"), {}, {}}});
  b.happens({events::UserChanged{UserId(1), tests::sealed("\x02"), {}, {}}});
  EXPECT_THAT(compare(), HasSubstr("data.password_hash\n    A \"01\"\n    B \"02\"\n"));
}

TEST_F(DiffTest, compares_events_that_were_cut_into_other_frames) {
  const Instant time = noon + std::chrono::hours(1);
  a.happens_at(time, {events::UserLoggedIn{UserId(1)}});
  a.happens_at(time, {events::UserLoggedIn{UserId(2)}});
  b.happens_at(time, {events::UserLoggedIn{UserId(1)}, events::UserLoggedIn{UserId(2)}});
  EXPECT_EQ(compare(),
            "the logs differ from position 7 on\n"
            "  command\n    A 7\n    B 6\n");
}

TEST_F(DiffTest, tells_equal_events_whose_frames_differ) {
  Story c(0);
  c.opens();
  std::ostringstream out;
  ASSERT_FALSE(diff(a.log(), c.log(), false, out, silence.talk).has_value());
  EXPECT_THAT(out.str(), HasSubstr("position 1 on\n  frame.logic_version\n    A 1\n    B 0\n"));
}

}  // namespace
}  // namespace boxoffice::tools::audit
