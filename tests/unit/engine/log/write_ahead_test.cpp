// Torn tails, which every crash may leave, are dropped; rot is refused, and nothing is changed.
#include "engine/log/write_ahead.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "engine/log/rocksdb_log.h"
#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

namespace fs = std::filesystem;

TEST(EndOfRecord, counts_pieces_and_the_filling_of_blocks) {
  EXPECT_EQ(end_of_record(0, 100), 107u);
  EXPECT_EQ(end_of_record(0, 32 * 1024 - 7), 32u * 1024);
  EXPECT_EQ(end_of_record(0, 32 * 1024), 32u * 1024 + 7 + 7);
  EXPECT_EQ(end_of_record(32 * 1024 - 6, 1), 32u * 1024 + 8);
  EXPECT_EQ(end_of_record(32 * 1024 - 7, 1), 32u * 1024 + 8);
}

// Logs of records of `body_bytes` each, and the places where they end in the write-ahead file.
class WriteAhead : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    auto log = open_rocksdb_log({.directory = log_});
    ASSERT_TRUE(log) << log.error().text;
    for (const auto& entry : fs::directory_iterator(log_)) {
      if (entry.path().extension() == ".log") file_ = entry.path();
    }
    for (int i = 0; i < records; ++i) {
      const Drafted drafted = draft_after(log.value()->head().last, 2, GetParam());
      ASSERT_EQ(log.value()->append(drafted.draft()).status, AppendStatus::durable);
      ends_.push_back(fs::file_size(file_));
    }
    log.value().reset();
    good_ = read_file(file_);
  }

  // With `bytes` as the write-ahead file, the log opens with its first `frames` frames.
  void expect_dropped(const std::string& bytes, std::size_t frames) {
    const fs::path copy = copy_with(bytes);
    for (const bool read_only : {true, false}) {
      LogOpening found;
      const auto log = open_rocksdb_log({.directory = copy, .read_only = read_only}, &found);
      ASSERT_TRUE(log) << log.error().text;
      ASSERT_EQ(read_frames(*log.value()).size(), frames);
      if (read_only) continue;
      const std::uint64_t end = frames == 0 ? 0 : ends_[frames - 1];
      EXPECT_EQ(found.dropped_bytes, bytes.size() - end);
      EXPECT_EQ(found.dropped_from.empty(), bytes.size() == end);
      append_frames(*log.value(), 1);
    }
    LogOpening found;
    const auto again = open_rocksdb_log({.directory = copy}, &found);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(found.dropped_bytes, 0u);
    EXPECT_EQ(read_frames(*again.value()).size(), frames + 1);
  }

  // It is refused in words that name the file and the position; every file is as it was.
  void expect_refused(const std::string& bytes, std::size_t sound_frames) {
    const fs::path copy = copy_with(bytes);
    const auto before = contents(copy);
    for (const bool read_only : {true, false}) {
      const auto log = open_rocksdb_log({.directory = copy, .read_only = read_only});
      ASSERT_FALSE(log);
      EXPECT_EQ(log.error().kind, FaultKind::corrupt);
      const std::string position = "position " + std::to_string(2 * sound_frames + 1) + ",";
      EXPECT_NE(log.error().text.find(position), std::string::npos) << log.error().text;
    }
    EXPECT_EQ(contents(copy), before);
  }

  fs::path copy_with(const std::string& bytes) {
    const fs::path copy = dir_.path() / "copy";
    fs::remove_all(copy);
    fs::copy(log_, copy);
    write_file(copy / file_.filename(), bytes);
    return copy;
  }

  // RocksDB's diary is no part of the log.
  static std::map<std::string, std::string> contents(const fs::path& directory) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::directory_iterator(directory)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with("LOG")) out[name] = read_file(entry.path());
    }
    return out;
  }

  std::string without(std::size_t from, std::size_t size, char byte) const {
    std::string bytes = good_;
    bytes.replace(from, size, size, byte);
    return bytes;
  }

  static constexpr int records = 12;
  tests::TempDir dir_;
  const fs::path log_ = dir_.path() / "log";
  fs::path file_;
  std::vector<std::uint64_t> ends_;
  std::string good_;
};

TEST_P(WriteAhead, cut_anywhere_in_its_last_record_loses_that_record_alone) {
  expect_dropped(good_, records);
  const std::uint64_t begin = ends_[records - 2];
  for (const std::uint64_t keep :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{6}, std::uint64_t{7}, std::uint64_t{40},
        ends_[records - 1] - begin - 1}) {
    expect_dropped(good_.substr(0, begin + keep), records - 1);
  }
}

TEST_P(WriteAhead, whose_last_record_reached_the_disk_as_zeros_or_garbage_loses_that_record_alone) {
  const std::uint64_t begin = ends_[records - 2];
  const std::uint64_t size = ends_[records - 1] - begin;
  expect_dropped(without(begin, size, '\0'), records - 1);
  expect_dropped(without(begin, size, '\xA5'), records - 1);
  expect_dropped(without(begin + size / 2, size / 2, '\0'), records - 1);
  expect_dropped(without(begin + 20, 30, '\0'), records - 1);
}

TEST_P(WriteAhead, with_garbage_behind_its_last_record_loses_nothing) {
  expect_dropped(good_ + std::string(100, '\xA5'), records);
  expect_dropped(good_ + std::string(70'000, '\0'), records);
  expect_dropped(good_ + std::string(70'000, '\xA5'), records);
}

TEST_P(WriteAhead, damaged_before_its_last_record_is_refused) {
  for (const std::size_t damaged : {std::size_t{0}, std::size_t{5}, std::size_t{records - 2}}) {
    const std::uint64_t begin = damaged == 0 ? 0 : ends_[damaged - 1];
    const std::uint64_t size = ends_[damaged] - begin;
    expect_refused(without(begin, size, '\0'), damaged);
    expect_refused(without(begin, size, '\xA5'), damaged);
    expect_refused(without(begin + size / 2, 1, '\0'), damaged);
    expect_refused(without(begin + 5, 1, '\xFF'), damaged);
  }
}

// Nothing whole stands behind the damage, but a record was begun there: the one before was synced.
TEST_P(WriteAhead, damaged_in_its_last_two_records_is_refused) {
  std::string bytes = good_;
  for (const std::size_t record : {records - 1, records - 2}) {
    const std::size_t at = (ends_[record] + ends_[record - 1]) / 2;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
  }
  expect_refused(bytes, records - 2);
  expect_refused(bytes.substr(0, ends_[records - 2] + 3), records - 2);
}

INSTANTIATE_TEST_SUITE_P(Bodies, WriteAhead, testing::Values(100, 5'000, 40'000));

}  // namespace
}  // namespace boxoffice::engine::log
