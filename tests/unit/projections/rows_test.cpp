// Rows are a function of the log: the same events give the same bytes, whatever the frames, the
// restarts and the build.

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <map>

#include "base/bytes.h"
#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

using RowBytes = std::map<std::string, std::map<std::string, std::string>>;

/// All rows of all column families. REQUIRES: the models are flushed and closed.
RowBytes rows_in(const std::string& directory) {
  std::vector<std::string> names;
  EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  EXPECT_TRUE(rocksdb::DB::OpenForReadOnly({}, directory, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  RowBytes all;
  for (auto* const handle : handles) {
    auto& rows = all[handle->GetName()];
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}, handle));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      rows[it->key().ToString()] = it->value().ToString();
    }
    EXPECT_TRUE(it->status().ok());
    db->DestroyColumnFamilyHandle(handle);
  }
  return all;
}

RowBytes rows_of(const std::vector<events::Frame>& frames, bool restart_on_the_way) {
  tests::TempDir directory;
  auto models = open_models(directory.path());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    unwrap(models->apply(frames[i]));
    if (restart_on_the_way && i == frames.size() / 2) {
      unwrap(models->flush());
      models = nullptr;
      models = open_models(directory.path());
    }
  }
  unwrap(models->flush());
  models.reset();
  RowBytes all = rows_in(directory.path());
  // Which generations count, and editions, which are drawn: not rows of a projection.
  all["default"].clear();
  return all;
}

TEST(Rows, are_the_same_bytes_however_the_events_were_framed) {
  std::vector<std::uint32_t> choices;
  std::uint32_t x = 99;
  for (int i = 0; i < 150; ++i) choices.push_back((x = x * 1664525 + 1013904223) >> 1);
  const History history = random_history(choices).history;
  const RowBytes one_by_one = rows_of(history.frames(1), false);
  EXPECT_EQ(one_by_one.size(), 8U) << "seven projections and RocksDB's default";
  EXPECT_EQ(rows_of(history.frames(1000), false), one_by_one);
  EXPECT_EQ(rows_of(history.frames(5), true), one_by_one);
}

// When this fails, rows on disk have changed shape: raise the version of their projection, so that
// they are rebuilt, and only then change the text here.
TEST(Rows, have_the_bytes_of_their_version) {
  History history;
  history.add(movie_created(1));
  history.add(theatre_created(1));
  history.add(show_created(1));
  history.add(tests::user_registered(UserId(1), tests::fingerprint("ann")));
  history.add(seats_locked(1, {SeatId(1), SeatId(2)}, time_of(300)));
  history.add(booking_created(1, 1, {SeatId(2)}));
  history.add(payment_initiated(1));
  std::string text;
  for (const auto& [family, rows] : rows_of(history.frames(7), false)) {
    text += family + '\n';
    for (const auto& [key, value] : rows) {
      const auto hex = [](const std::string& s) {
        return to_hex({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
      };
      text += "  " + hex(key) + ':' + hex(value) + '\n';
    }
  }
  // clang-format off
  EXPECT_EQ(text, R"(bookings@1
  00:07
  6200000001:0101010102c4130080b6dc050206000080989abc040000000000000000000000000000000007000080a4a7da0600000000000000000000000000000000
  750000000100000001:
catalog@1
  00:07
  68000000010000000000000002:010843696e65706c6578084e657720596f726b0c3132332042726f61647761790c020303018092f40100
  6d000000010000000000000001:01054a6f6b657200f401054472616d610152010b2f706f737465722e706e67c61f0a0480897a00
  73000000010000000000000003:010101dc1f010180e508c41301020303809bee0200
default
history@1
  00:07
  6200000001:01010201
  6800000000000000010005:0580ade2040002010200000773657373696f6e0001808c8d9e02000000
  6800000000000000010006:0680b6dc05030102000100010180989abc04000000
  6c00000006:01
  7300000001:0103
payments@1
  00:07
  7000000001:0101c4130463617264a000000000000000000000000000000180bfd60601070000
  74a0000000000000000000000000000001:01
sales@1
  00:07
  6200000001:01010000
  7000000001:01c413
  7300000001:06010101dc1f01010106000100000000000000
seat_map@1
  00:07
  6200000001:010102
  7300000001:010203030300
  740000000100000001:060601808c8d9e0200020001000000000000000000000000
users@2
  00:07
  65616e6e00000000000000000000000000:01
  7500000001:0101616e6e0000000000000000000000000005656d61696c0468617368054669727374044c6173740080a4e803
)");
  // clang-format on
}

}  // namespace
}  // namespace boxoffice::projections
