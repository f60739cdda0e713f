// The head mark: its bytes, its two slots, and what a log says that is not what its mark says.
#include "engine/log/head_mark.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/log/head_keeper.h"
#include "engine/log/rocksdb_log.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

namespace fs = std::filesystem;

Head head_at(std::uint64_t position) {
  Head head{Position(position), {}};
  head.chain.bytes.fill(static_cast<std::uint8_t>(position));
  return head;
}

void flip(const fs::path& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 1));
  ASSERT_TRUE(file.good());
}

TEST(HeadMarkBytes, are_as_documented) {
  const auto bytes = encode_head_mark(head_at(0x0102), 7);
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 4), "BXHM");
  EXPECT_EQ(bytes[4], 1);
  EXPECT_EQ(bytes[6], head_mark_bytes);
  EXPECT_EQ(bytes[8], 7);
  EXPECT_EQ(bytes[16], 2);
  EXPECT_EQ(bytes[17], 1);
  EXPECT_EQ(bytes[24], 2);
  const auto mark = decode_head_mark(bytes);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark.value().head, head_at(0x0102));
  EXPECT_EQ(mark.value().counter, 7u);
}

TEST(HeadMarkBytes, with_any_byte_changed_or_missing_are_refused) {
  const auto good = encode_head_mark(head_at(5), 1);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] ^= 0x40;
    EXPECT_FALSE(decode_head_mark(bad)) << i;
    EXPECT_FALSE(decode_head_mark(std::span(good).first(i))) << i;
  }
}

class HeadMarks : public testing::Test {
 protected:
  Result<std::unique_ptr<HeadMarkWriter>> open(const std::optional<HeadMark>& newest = {},
                                               const Head& head = {}) {
    return HeadMarkWriter::open(files_, directory_, newest, newest ? newest->counter : 0, head);
  }
  std::optional<HeadMark> read() {
    const auto mark = read_head_mark(*files_, directory_);
    EXPECT_TRUE(mark) << mark.error().text;
    return mark ? mark.value() : std::nullopt;
  }

  tests::TempDir dir_;
  std::filesystem::path directory_ = dir_.path() / "head";
  std::shared_ptr<rocksdb::FileSystem> files_ = rocksdb::FileSystem::Default();
};

TEST_F(HeadMarks, are_none_before_the_first_was_written) { EXPECT_FALSE(read()); }

TEST_F(HeadMarks, are_read_as_they_were_written_and_go_on_after_a_restart) {
  {
    const auto writer = open();
    ASSERT_TRUE(writer);
    for (std::uint64_t i = 1; i <= 5; ++i) {
      ASSERT_TRUE(writer.value()->write(head_at(i)));
      EXPECT_EQ(read()->head, head_at(i));
    }
  }
  const auto before = read();
  const auto writer = open(before, head_at(5));
  ASSERT_TRUE(writer);
  EXPECT_GT(read()->counter, before->counter);
  ASSERT_TRUE(writer.value()->write(head_at(6)));
  EXPECT_EQ(read()->head, head_at(6));
}

TEST_F(HeadMarks, survive_the_loss_of_the_slot_that_is_being_written) {
  const auto writer = open();
  ASSERT_TRUE(writer);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    ASSERT_TRUE(writer.value()->write(head_at(i)));
    const auto newest = read();
    const auto path = directory_ / head_mark_slots[newest->slot];
    const auto copy = dir_.path() / "copy";
    fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
    fs::resize_file(path, 40);
    EXPECT_EQ(read()->head, i == 1 ? Head{} : head_at(i - 1));
    fs::copy_file(copy, path, fs::copy_options::overwrite_existing);
  }
}

TEST_F(HeadMarks, with_both_slots_damaged_are_refused) {
  ASSERT_TRUE(open());
  for (const char* slot : head_mark_slots) flip(directory_ / slot, 30);
  const auto mark = read_head_mark(*files_, directory_);
  ASSERT_FALSE(mark);
  EXPECT_EQ(mark.error().kind, FaultKind::corrupt);
}

TEST_F(HeadMarks, follow_what_the_keeper_was_told) {
  auto writer = open();
  ASSERT_TRUE(writer);
  {
    HeadKeeper keeper(std::move(writer.value()), Head{});
    keeper.advance(head_at(3));
    while (read()->head != head_at(3)) std::this_thread::yield();
    keeper.advance(head_at(4));
    EXPECT_FALSE(keeper.failure());
  }
  EXPECT_EQ(read()->head, head_at(4));  // at the end it does not wait for its time
}

TEST_F(HeadMarks, are_both_at_the_end_of_a_log_that_rests) {
  auto writer = open();
  ASSERT_TRUE(writer);
  HeadKeeper(std::move(writer.value()), Head{}).advance(head_at(3));
  for (const char* slot : head_mark_slots) {
    flip(directory_ / slot, 30);
    EXPECT_EQ(read()->head, head_at(3)) << "without " << slot;
    flip(directory_ / slot, 30);
  }
}

// A log with events 1 | 2 3 | 4 5 6 | 7 8 9 10, and its mark.
class HeadMarkOfLog : public testing::Test {
 protected:
  void SetUp() override {
    const auto log = open();
    ASSERT_TRUE(log) << log.error().text;
    append_frames(*log.value(), 4);
  }

  Result<std::unique_ptr<EventLog>> open(bool read_only = false, LogOpening* found = nullptr) {
    return open_rocksdb_log({.directory = log_, .head_directory = head_, .read_only = read_only},
                            found);
  }

  void expect_refused(const std::string& words, bool read_only) {
    const auto log = open(read_only);
    ASSERT_FALSE(log) << words;
    EXPECT_EQ(log.error().kind, FaultKind::corrupt);
    EXPECT_NE(log.error().text.find(words), std::string::npos) << log.error().text;
    EXPECT_NE(log.error().text.find("accept"), std::string::npos) << log.error().text;
  }

  void expect_refused(const std::string& words) {
    for (const bool read_only : {true, false}) expect_refused(words, read_only);
  }

  void replace_log_by_another() {
    fs::remove_all(log_);
    const auto log = open_rocksdb_log({.directory = log_, .logic_version = 9});
    ASSERT_TRUE(log);
    append_frames(*log.value(), 5);
  }

  tests::TempDir dir_;
  const fs::path log_ = dir_.path() / "log";
  const fs::path head_ = dir_.path() / "head";
};

TEST_F(HeadMarkOfLog, says_after_an_orderly_end_where_the_log_ends) {
  const auto mark = read_head_mark(*rocksdb::FileSystem::Default(), head_);
  ASSERT_TRUE(mark);
  ASSERT_TRUE(mark.value());
  const auto log = open();
  ASSERT_TRUE(log);
  EXPECT_EQ(mark.value()->head, log.value()->head());
}

TEST_F(HeadMarkOfLog, of_before_is_no_fault_of_a_log_that_went_on) {
  const auto copy = dir_.path() / "copy";
  fs::copy(head_, copy);
  {
    const auto log = open();
    ASSERT_TRUE(log);
    append_frames(*log.value(), 3);
  }
  fs::remove_all(head_);
  fs::copy(copy, head_);
  for (const bool read_only : {true, false}) {
    const auto log = open(read_only);
    ASSERT_TRUE(log) << log.error().text;
    EXPECT_EQ(log.value()->head().last, Position(16));
  }
}

TEST_F(HeadMarkOfLog, tells_that_a_write_ahead_file_was_deleted) {
  for (const auto& entry : fs::directory_iterator(log_)) {
    if (entry.path().extension() == ".log") fs::remove(entry.path());
  }
  expect_refused("ends at position 0, but by its head mark in");
}

TEST_F(HeadMarkOfLog, tells_that_the_log_was_cut_between_two_frames) {
  for (const auto& entry : fs::directory_iterator(log_)) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    // Four records of about equal size: into the second one.
    fs::resize_file(entry.path(), entry.file_size() * 3 / 8);
  }
  expect_refused("ends at position 1, but by its head mark in");
}

TEST_F(HeadMarkOfLog, tells_that_the_log_was_deleted) {
  fs::remove_all(log_);
  expect_refused("ends at position 0", false);
}

TEST_F(HeadMarkOfLog, tells_that_the_log_is_another_one) {
  replace_log_by_another();
  expect_refused("position 10 of the log in");
}

TEST_F(HeadMarkOfLog, is_missed_when_it_was_deleted) {
  fs::remove_all(head_);
  expect_refused("there is no head mark in", false);
  EXPECT_TRUE(open(true));
}

TEST_F(HeadMarkOfLog, is_not_guessed_when_both_slots_are_damaged) {
  for (const char* slot : head_mark_slots) flip(head_ / slot, 20);
  expect_refused("are damaged");
}

TEST_F(HeadMarkOfLog, is_overruled_once_by_an_operators_word) {
  replace_log_by_another();
  std::ofstream(head_ / accept_file).put('\n');
  {
    LogOpening found;
    const auto log = open(false, &found);
    ASSERT_TRUE(log) << log.error().text;
    EXPECT_TRUE(found.accepted);
    EXPECT_FALSE(fs::exists(head_ / accept_file));
  }
  LogOpening found;
  const auto log = open(false, &found);
  ASSERT_TRUE(log) << log.error().text;
  EXPECT_FALSE(found.accepted);
}

// A crash between the making of the slots and their contents: nothing can have been lost yet.
TEST_F(HeadMarkOfLog, may_be_damaged_when_the_log_is_empty) {
  fs::remove_all(log_);
  for (const char* slot : head_mark_slots) fs::resize_file(head_ / slot, 0);
  const auto log = open();
  EXPECT_TRUE(log) << log.error().text;
}

TEST_F(HeadMarkOfLog, that_cannot_be_written_ends_the_appends) {
  const auto files = std::make_shared<tests::FaultyFileSystem>(dir_.path(), 1);
  const auto env = rocksdb::NewCompositeEnv(files);
  const auto log = open_rocksdb_log({.directory = log_, .head_directory = head_, .env = env.get()});
  ASSERT_TRUE(log) << log.error().text;
  files->fail_writes_in_place();
  AppendOutcome outcome{AppendStatus::durable, {}};
  while (outcome.status == AppendStatus::durable) {  // until the mark's thread has told
    outcome = log.value()->append(draft_after(log.value()->head().last, 1).draft());
  }
  EXPECT_EQ(outcome.status, AppendStatus::unknown);
  EXPECT_NE(outcome.why.text.find(head_.string()), std::string::npos) << outcome.why.text;
}

TEST_F(HeadMarkOfLog, is_read_beside_the_writer) {
  const auto log = open();
  ASSERT_TRUE(log);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) append_frames(*log.value(), 3);
  });
  for (int i = 0; i < 20; ++i) {
    const auto reader = open(true);
    EXPECT_TRUE(reader) << reader.error().text;
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace boxoffice::engine::log
