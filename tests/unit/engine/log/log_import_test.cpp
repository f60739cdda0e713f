#include "engine/log/log_import.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/log/durable_view.h"
#include "engine/log/memory_log.h"
#include "engine/log/rocksdb_log.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

using Frames = std::vector<std::vector<std::uint8_t>>;

Frames frames_of(const EventLog& log) {
  Frames out;
  const auto cursor = log.read(Position(1));
  while (true) {
    const auto frame = cursor->next();
    EXPECT_TRUE(frame) << frame.error().text;
    if (!frame.value()) return out;
    out.emplace_back(cursor->bytes().begin(), cursor->bytes().end());
  }
}

// Nine frames as another log has them.
Frames some_frames() {
  MemoryLog log;
  append_frames(log, 9);
  return frames_of(log);
}

class LogImportTest : public testing::Test {
 protected:
  tests::TempDir dir_;
  const std::filesystem::path log_ = dir_.path() / "log";
  const std::filesystem::path head_ = dir_.path() / "head";
};

TEST_F(LogImportTest, makes_the_same_log_which_takes_appends) {
  const Frames frames = some_frames();
  {
    const auto import = LogImport::create(log_, head_);
    ASSERT_TRUE(import) << import.error().text;
    for (const auto& frame : frames) ASSERT_TRUE(import.value()->add(frame));
    const auto head = import.value()->finish();
    ASSERT_TRUE(head) << head.error().text;
    EXPECT_EQ(head.value().last, Position(45));
  }
  EXPECT_EQ(frames_of(*open_durable_view(log_, head_).value()), frames);
  const auto log = open_rocksdb_log({.directory = log_, .head_directory = head_});
  ASSERT_TRUE(log) << log.error().text;
  append_frames(*log.value(), 2);
  EXPECT_EQ(frames_of(*log.value()).size(), frames.size() + 2);
}

TEST_F(LogImportTest, refuses_frames_that_are_damaged_or_do_not_follow) {
  Frames frames = some_frames();
  const auto import = LogImport::create(log_, head_);
  ASSERT_TRUE(import);
  ASSERT_TRUE(import.value()->add(frames[0]));
  frames[1][90] ^= 1;
  for (const auto& frame : {frames[0], frames[1], frames[2]}) {
    const auto added = import.value()->add(frame);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, FaultKind::corrupt);
  }
}

TEST_F(LogImportTest, never_adds_to_a_log_that_is_there) {
  std::filesystem::create_directory(log_);
  const auto import = LogImport::create(log_, head_);
  ASSERT_FALSE(import);
  EXPECT_EQ(import.error().kind, FaultKind::invalid);
}

TEST_F(LogImportTest, a_durable_view_of_no_log_is_not_found) {
  EXPECT_EQ(open_durable_view(log_, head_).error().kind, FaultKind::not_found);
}

}  // namespace
}  // namespace boxoffice::engine::log
