#include "engine/log/memory_log.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/engine/log/event_log_conformance.h"

namespace boxoffice::engine::log {
namespace {

class MemorySubject {
 public:
  EventLog& log() { return log_; }
  void fail_next_append() { log_.fail_append(1); }

 private:
  MemoryLog log_;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, EventLogConformance, MemorySubject);

TEST(MemoryLog, fails_the_append_that_it_was_told_to) {
  MemoryLog log;
  log.fail_append(3, AppendStatus::fenced);
  append_frames(log, 2);
  const Drafted third = draft_after(log.head().last, 1);
  EXPECT_EQ(log.append(third.draft()).status, AppendStatus::fenced);
  EXPECT_EQ(log.append(third.draft()).status, AppendStatus::fenced);
}

TEST(MemoryLog, holds_an_append_until_it_is_released) {
  MemoryLog log;
  log.hold_appends();
  std::thread writer([&] { append_frames(log, 1); });
  log.wait_for_held_append();
  EXPECT_EQ(log.head(), Head{});
  log.release_appends();
  writer.join();
  EXPECT_EQ(log.head().last, Position(1));
}

}  // namespace
}  // namespace boxoffice::engine::log
