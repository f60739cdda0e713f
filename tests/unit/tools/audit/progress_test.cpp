// Progress on standard error: silent when it is quick, a bar or lines when it is not.
#include "tools/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace boxoffice::tools {
namespace {

using namespace std::chrono_literals;

class ProgressTest : public testing::Test {
 protected:
  Progress::SteadyNow clock() {
    return [this] { return std::chrono::steady_clock::time_point(now); };
  }
  std::ostringstream out;
  std::chrono::milliseconds now{};
};

TEST_F(ProgressTest, says_nothing_of_short_work) {
  {
    Progress progress({out, true}, "reading", 100, clock());
    progress.at(50);
  }
  EXPECT_EQ(out.str(), "");
}

TEST_F(ProgressTest, draws_a_bar_on_a_terminal_and_wipes_it_away) {
  {
    Progress progress({out, true}, "reading", 100, clock());
    now = 1s;
    progress.at(50);
    progress.at(60);  // too soon
  }
  EXPECT_EQ(
      out.str(),
      "\rreading [####################--------------------]  50 %, 50 events/s, 1 s left\033[K"
      "\r\033[K");
}

TEST_F(ProgressTest, writes_a_line_now_and_then_elsewhere) {
  Progress progress({out, false}, "reading", 100, clock());
  now = 9s;
  progress.at(50);
  now = 10s;
  progress.at(60);
  progress.at(61);
  now = 20s;
  progress.at(70);
  EXPECT_EQ(out.str(),
            "reading: 60 of 100 events, 6 events/s, 7 s left\n"
            "reading: 70 of 100 events, 4 events/s, 9 s left\n");
}

}  // namespace
}  // namespace boxoffice::tools
