// What happens to a log on disk that is not as it was written. Damage is made through RocksDB
// itself (so that its own checksums agree, and only ours can notice) or in its files.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "engine/log/frame.h"
#include "engine/log/rocksdb_log.h"
#include "engine/log/rocksdb_settings.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

class RocksdbDamage : public testing::Test {
 protected:
  // Events 1 | 2 3 | 4 5 6 | 7 8 9 10.
  void SetUp() override {
    const auto log = open();
    ASSERT_TRUE(log) << log.error().text;
    append_frames(*log.value(), 4);
  }

  Result<std::unique_ptr<EventLog>> open(bool read_only = false) const {
    return open_rocksdb_log({.directory = dir_.path(), .read_only = read_only});
  }

  // Both ways of opening find the same fault, after the same number of frames.
  void expect_stop(std::size_t frames, const std::string& text, Position from = Position(1)) const {
    for (const bool read_only : {true, false}) {
      const auto log = open(read_only);
      ASSERT_TRUE(log) << log.error().text;
      const Stop stop = read_to_fault(*log.value(), from);
      EXPECT_EQ(stop.frames, frames);
      EXPECT_EQ(stop.fault.kind, FaultKind::corrupt);
      EXPECT_EQ(stop.fault.text, text);
    }
  }

  // Opens the database behind the log's back.
  void tamper(const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& change) {
    const RocksdbLogOptions options{.directory = dir_.path()};
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(database_settings(options), dir_.path().string(),
                                  {{rocksdb::kDefaultColumnFamilyName, {}},
                                   {frames_family, frames_settings(options)}},
                                  &families, &db)
                    .ok());
    change(*db, families[1]);
    for (auto* family : families) ASSERT_TRUE(db->DestroyColumnFamilyHandle(family).ok());
    ASSERT_TRUE(db->Close().ok());
    delete db;
  }

  void put(Position key, const std::vector<std::uint8_t>& bytes) {
    tamper([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* frames) {
      const auto k = to_big_endian(key.value);
      ASSERT_TRUE(db.Put({}, frames, {k.data(), k.size()},
                         {reinterpret_cast<const char*>(bytes.data()), bytes.size()})
                      .ok());
    });
  }

  std::vector<std::uint8_t> get(Position key) {
    std::string value;
    tamper([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* frames) {
      const auto k = to_big_endian(key.value);
      ASSERT_TRUE(db.Get({}, frames, {k.data(), k.size()}, &value).ok());
    });
    return {value.begin(), value.end()};
  }

  // The only write-ahead file that has records.
  std::filesystem::path write_ahead_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
    }
    ADD_FAILURE() << "there is no write-ahead file";
    return {};
  }

  tests::TempDir dir_;
};

TEST_F(RocksdbDamage, a_flipped_byte_stops_the_cursor_at_its_frame) {
  auto bytes = get(Position(4));
  bytes[frame_header_bytes + 10] ^= 0x20;
  put(Position(4), bytes);
  expect_stop(2, "frame at position 4: its checksum does not match");
}

TEST_F(RocksdbDamage, a_missing_frame_stops_the_cursor) {
  tamper([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* frames) {
    const auto key = to_big_endian(std::uint64_t{4});
    ASSERT_TRUE(db.Delete({}, frames, {key.data(), key.size()}).ok());
  });
  expect_stop(2, "events from position 4 are missing: the next frame is at 7");
}

TEST_F(RocksdbDamage, a_missing_beginning_stops_the_cursor) {
  tamper([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* frames) {
    const auto key = to_big_endian(std::uint64_t{1});
    ASSERT_TRUE(db.Delete({}, frames, {key.data(), key.size()}).ok());
  });
  expect_stop(0, "events from position 1 are missing: the next frame is at 2");
}

// An intact frame, only of another history.
TEST_F(RocksdbDamage, a_frame_of_another_chain_stops_the_cursor) {
  std::vector<std::uint8_t> bytes;
  Head other{Position(3), {}};
  other.chain.bytes.fill(1);
  encode_frame(draft_after(Position(3), 3).draft(), other, 0, bytes);
  put(Position(4), bytes);
  const std::string text = "frame at position 4: does not carry the hash of the frame before it";
  expect_stop(2, text);
  expect_stop(0, text, Position(5));  // also when reading begins there
}

// Its own neighbours to the left agree; the frame after it does not.
TEST_F(RocksdbDamage, a_rewritten_frame_breaks_the_chain_after_it) {
  StoredFrame second;
  {
    const auto log = open();
    ASSERT_TRUE(log);
    second = read_frames(*log.value())[1];
  }
  std::vector<std::uint8_t> bytes;
  Drafted other = draft_after(Position(3), 3);
  other.body[0] ^= 1;
  encode_frame(other.draft(), Head{second.last(), second.hash}, 0, bytes);
  put(Position(4), bytes);
  expect_stop(3, "frame at position 7: does not carry the hash of the frame before it");
}

TEST_F(RocksdbDamage, a_damaged_last_frame_is_found_at_open) {
  auto bytes = get(Position(7));
  bytes.back() ^= 1;
  put(Position(7), bytes);
  for (const bool read_only : {true, false}) {
    const auto log = open(read_only);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().kind, FaultKind::corrupt);
    EXPECT_EQ(log.error().text, "frame at position 7: its checksum does not match");
  }
}

TEST_F(RocksdbDamage, a_key_that_is_not_a_position_is_found_at_open) {
  tamper([](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* frames) {
    ASSERT_TRUE(db.Put({}, frames, "zzz", "frame").ok());
  });
  const auto log = open();
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().kind, FaultKind::corrupt);
}

// An ordinary crash: the last record was not written to its end, and never acknowledged.
TEST_F(RocksdbDamage, a_torn_last_record_is_dropped) {
  const auto file = write_ahead_file();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  const auto log = open();
  ASSERT_TRUE(log) << log.error().text;
  EXPECT_EQ(log.value()->head().last, Position(6));
  EXPECT_EQ(read_frames(*log.value()).size(), 3u);
}

TEST_F(RocksdbDamage, rot_in_the_write_ahead_file_is_refused) {
  {
    const auto log = open();
    ASSERT_TRUE(log);
    for (int i = 0; i < 20; ++i) {  // more than one 32 KiB block of records
      const Drafted drafted = draft_after(log.value()->head().last, 1, 5'000);
      ASSERT_EQ(log.value()->append(drafted.draft()).status, AppendStatus::durable);
    }
  }
  std::fstream file(write_ahead_file(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(20'000);
  const int byte = file.get();
  file.seekp(20'000);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  const auto log = open();
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().kind, FaultKind::corrupt);
}

}  // namespace
}  // namespace boxoffice::engine::log
