#include "tools/care/doctor.h"

#include <gtest/gtest.h>

#include <chrono>

namespace boxoffice::tools::care {
namespace {

TEST(Doctor, a_log_from_the_future_is_found_by_its_last_event) {
  using namespace std::chrono_literals;
  constexpr Instant now{1'800'000'000'000'000};
  const auto verdict_of = [&](Duration ahead) {
    Findings findings;
    examine_clock({.data = {}, .now = now}, {.position = Position(1), .time = now + ahead},
                  findings);
    return findings.all().at(0).verdict;
  };
  EXPECT_EQ(verdict_of(-24h), Verdict::ok);
  EXPECT_EQ(verdict_of(1min), Verdict::ok);
  EXPECT_EQ(verdict_of(2min), Verdict::wrong);
}

TEST(Doctor, verdicts_are_counted) {
  Findings findings;
  findings.ok("a", "well");
  findings.add({.check = "b", .verdict = Verdict::wrong, .found = "", .why = "", .mend = ""});
  EXPECT_EQ(findings.count(Verdict::wrong), 1U);
  EXPECT_EQ(findings.count(Verdict::warning), 0U);
}

}  // namespace
}  // namespace boxoffice::tools::care
