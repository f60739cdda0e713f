#include "tools/care/status.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tools/care/stored_models.h"

namespace boxoffice::tools::care {
namespace {

using namespace std::chrono_literals;
using http::api::HouseStatus;

TEST(StatusText, times_are_told_in_the_largest_unit_that_says_enough) {
  EXPECT_EQ(text_of(0s), "1 s");
  EXPECT_EQ(text_of(59s), "59 s");
  EXPECT_EQ(text_of(119s), "119 s");
  EXPECT_EQ(text_of(120s), "2 min");
  EXPECT_EQ(text_of(47h), "47 h");
  EXPECT_EQ(text_of(48h), "2 days");
}

TEST(StatusText, bytes_are_told_with_one_decimal) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1'536), "1.5 KiB");
  EXPECT_EQ(bytes_text(std::int64_t{3} << 40), "3.0 TiB");
}

HouseStatus in_trouble() {
  HouseStatus status{.version = "1",
                     .time = {},
                     .head = Position(9),
                     .engine = http::api::EngineFigures{},
                     .server = http::api::ServerFigures{},
                     .traffic = {},
                     .projections = {},
                     .disk = {.low = true},
                     .last_snapshot = {},
                     .last_backup = {},
                     .last_verify = http::api::LastVerify{},
                     .log_fault = {},
                     .last_backup_fault = {},
                     .last_verify_fault = {}};
  status.projections.push_back({.name = "sales",
                                .version = 1,
                                .position = Position(4),
                                .behind_events = 5,
                                .stopped = "cannot fold",
                                .rebuild = {},
                                .next_start = {}});
  return status;
}

TEST(StatusText, what_is_wrong_is_written_large) {
  const std::string screen = screen_of(in_trouble(), "here");
  for (const char* words : {"TAKES NO COMMANDS", "NEARLY FULL", "NOT IN ORDER",
                            "STOPPED: cannot fold", "sync         p50 -, p99 -"}) {
    EXPECT_NE(screen.find(words), std::string::npos) << words << " in\n" << screen;
  }
}

TEST(StatusText, a_line_has_the_worst_read_model) {
  EXPECT_NE(line_of(in_trouble()).find("read models 5 behind, 1 stopped"), std::string::npos);
}

TEST(LookAgain, a_fault_is_believed_the_third_time) {
  int calls = 0;
  const auto fails = [&](int times) {
    calls = 0;
    return look_again([&, times]() -> Result<int> {
      if (++calls <= times) return fault(FaultKind::io, "a file has gone");
      return calls;
    });
  };
  EXPECT_EQ(fails(0).value(), 1);
  EXPECT_EQ(fails(2).value(), 3);
  EXPECT_FALSE(fails(3));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace boxoffice::tools::care
