// Rows that wait to be written: found as they were written, written once, never lost.

#include "projections/write_behind.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "projections/store.h"
#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

using Value = std::optional<std::string>;

/// Stands for the store.
struct Written {
  std::map<std::string, Value> rows;
  std::size_t rows_given = 0;

  WriteBehind::Write write() {
    return [this](const RowChanges& changes) -> Result<void> {
      for (const auto& [key, value] : changes) rows.insert_or_assign(key, value);
      rows_given += changes.size();
      return success();
    };
  }
};

bool add(WriteBehind& behind, RowChanges changes) { return behind.add(changes); }

TEST(WriteBehind, rows_that_wait_are_found_and_so_is_that_they_are_erased) {
  WriteBehind behind(10);
  EXPECT_FALSE(add(behind, {{"a", "1"}, {"b", std::nullopt}}));
  EXPECT_EQ(behind.find("a"), std::optional(Value("1")));
  EXPECT_EQ(behind.find("b"), std::make_optional(Value()));
  EXPECT_EQ(behind.find("c"), std::nullopt) << "the store knows";
}

TEST(WriteBehind, a_row_that_changes_again_is_written_once_as_it_is_then) {
  WriteBehind behind(10);
  Written written;
  EXPECT_FALSE(add(behind, {{"a", "1"}, {"b", "1"}}));
  EXPECT_FALSE(add(behind, {{"a", "2"}, {"b", std::nullopt}}));
  EXPECT_EQ(behind.find("a"), std::optional(Value("2")));
  unwrap(behind.write(written.write()));
  EXPECT_EQ(written.rows, (std::map<std::string, Value>{{"a", "2"}, {"b", std::nullopt}}));
  EXPECT_EQ(written.rows_given, 2U);
  EXPECT_EQ(behind.find("a"), std::nullopt);
  unwrap(behind.write(written.write()));
  EXPECT_EQ(written.rows_given, 2U) << "once";
}

TEST(WriteBehind, says_when_there_is_enough_to_write) {
  WriteBehind rows(3);
  EXPECT_FALSE(add(rows, {{"a", "1"}, {"b", "1"}}));
  EXPECT_FALSE(add(rows, {{"a", "2"}}));
  EXPECT_TRUE(add(rows, {{"c", "1"}}));
  Written written;
  unwrap(rows.write(written.write()));
  EXPECT_FALSE(add(rows, {{"c", "2"}}));

  WriteBehind bytes(3);
  const std::string large(WriteBehind::bytes_max / 2, 'x');
  EXPECT_FALSE(add(bytes, {{"a", large}}));
  EXPECT_TRUE(add(bytes, {{"a", large}}));
  unwrap(bytes.write(written.write()));
  EXPECT_FALSE(add(bytes, {{"a", large}}));
}

TEST(WriteBehind, what_could_not_be_written_waits_on) {
  WriteBehind behind(10);
  EXPECT_FALSE(add(behind, {{"a", "1"}, {"b", "1"}}));
  const auto full = [](const RowChanges&) -> Result<void> {
    return fault(FaultKind::no_space, "full");
  };
  EXPECT_FALSE(behind.write(full));
  EXPECT_EQ(behind.find("a"), std::optional(Value("1")));
  EXPECT_FALSE(add(behind, {{"a", "2"}}));
  EXPECT_EQ(behind.find("a"), std::optional(Value("2")));
  EXPECT_FALSE(behind.write(full));
  Written written;
  unwrap(behind.write(written.write()));
  EXPECT_EQ(written.rows, (std::map<std::string, Value>{{"a", "2"}, {"b", "1"}}));
}

TEST(WriteBehind, what_is_being_written_is_found_and_what_comes_meanwhile_waits) {
  WriteBehind behind(10);
  Written written;
  EXPECT_FALSE(add(behind, {{"a", "1"}, {"b", "1"}}));
  unwrap(behind.write([&](const RowChanges& changes) {
    EXPECT_EQ(behind.find("b"), std::optional(Value("1")));
    EXPECT_FALSE(add(behind, {{"a", "2"}}));
    EXPECT_EQ(behind.find("a"), std::optional(Value("2")));
    return written.write()(changes);
  }));
  EXPECT_EQ(written.rows.at("a"), "1");
  EXPECT_EQ(behind.find("a"), std::optional(Value("2")));
  EXPECT_EQ(behind.find("b"), std::nullopt);
  unwrap(behind.write(written.write()));
  EXPECT_EQ(written.rows.at("a"), "2");
  EXPECT_EQ(written.rows_given, 3U);
}

// Each frame sets all rows to its number. Whoever reads one row after the other sees numbers that
// never go back: frames show all at once, and no row is missing on its way to the store.
TEST(WriteBehind, readers_never_see_a_row_go_back) {
  constexpr int frames = 3'000;
  constexpr std::array keys{"a", "b", "c", "d", "e"};
  WriteBehind behind(4);
  std::mutex store_mutex;
  std::map<std::string, int> store;
  for (const auto* key : keys) store[key] = 0;
  const auto write = [&](const RowChanges& changes) -> Result<void> {
    for (const auto& [key, value] : changes) {
      const std::lock_guard lock(store_mutex);
      store[key] = std::stoi(*value);
    }
    return success();
  };
  const auto read = [&](const char* key) {
    if (const auto waits = behind.find(key)) return std::stoi(**waits);
    const std::lock_guard lock(store_mutex);
    return store.at(key);
  };
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) unwrap(behind.write(write));
  });
  std::thread reader([&] {
    int last = 0;
    while (last < frames) {
      for (const auto* key : keys) {
        const int value = read(key);
        ASSERT_GE(value, last);
        last = value;
      }
    }
  });
  for (int frame = 1; frame <= frames; ++frame) {
    RowChanges changes;
    for (const auto* key : keys) changes.emplace(key, std::to_string(frame));
    if (behind.add(changes)) unwrap(behind.write(write));
  }
  reader.join();
  done = true;
  writer.join();
}

TEST(WriteBehind, what_is_loaded_in_bulk_counts_over_what_waited_before_it) {
  constexpr TableId id{"bookings", 1};
  tests::TempDir directory;
  const std::array ids{id};
  const auto store = unwrap(Store::open(directory.path(), ids));
  const auto table = store->table(id);
  Rows rows(*table);
  rows.put("k", 1U);
  const std::array changes{Store::Change{.rows = &rows, .cursor = Position(1)}};
  unwrap(store->write(changes));
  rows.put("k", 2U);
  unwrap(store->bulk_load(rows, Position(2)));
  EXPECT_EQ(unwrap(table->find<std::uint32_t>("k")), 2U);
  EXPECT_EQ(unwrap(table->cursor()), Position(2));
  unwrap(store->flush());
  EXPECT_EQ(unwrap(table->find<std::uint32_t>("k")), 2U);
}

// A table against a map: its rows change, are asked for and walked, the store is flushed, or
// crashes and goes on from its cursor.
class RandomTable {
 public:
  explicit RandomTable(std::uint32_t seed) : random_(seed) { open(); }

  void run(int frames) {
    for (int i = 0; i < frames; ++i) {
      history_.push_back(random_frame());
      apply(history_.size());
      ask();
      if (draw(8) == 0) walk();
      if (draw(16) == 0) flush();
      if (draw(16) == 0) crash();
    }
    walk();
  }

 private:
  using Frame = std::map<std::string, std::optional<std::uint32_t>>;
  static constexpr TableId id{"bookings", 1, 5};

  std::uint32_t draw(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  Frame random_frame() {
    Frame frame;
    for (std::uint32_t rows = draw(5); rows > 0; --rows) {
      auto& value = frame[std::string("k") + static_cast<char>('a' + draw(12))];
      if (draw(4) != 0) value = draw(1'000'000);
    }
    return frame;
  }

  void open() {
    store_.reset();
    const std::array ids{id};
    store_ = unwrap(Store::open(directory_.path(), ids));
    table_ = store_->table(id);
  }

  void apply(std::size_t number) {
    Rows rows(*table_);
    for (const auto& [key, value] : history_[number - 1]) {
      if (value) {
        rows.put(key, *value);
        rows_[key] = *value;
      } else {
        rows.erase(key);
        rows_.erase(key);
      }
    }
    const std::array changes{Store::Change{.rows = &rows, .cursor = Position(number)}};
    unwrap(store_->write(changes));
  }

  void ask() const {
    for (char c = 'a'; c < 'a' + 12; ++c) {
      const std::string key = std::string("k") + c;
      const auto at = rows_.find(key);
      ASSERT_EQ(unwrap(table_->find<std::uint32_t>(key)),
                at == rows_.end() ? std::nullopt : std::optional(at->second));
    }
    ASSERT_EQ(unwrap(table_->cursor()), Position(history_.size()));
  }

  void walk() const {
    std::map<std::string, std::uint32_t> seen;
    unwrap(table_->scan_rows<std::uint32_t>(
        "k", [&](std::string_view key, std::uint32_t row) { seen.emplace(key, row); }));
    ASSERT_EQ(seen, rows_);
  }

  void flush() {
    unwrap(store_->flush());
    flushed_ = history_.size();
  }

  void crash() {
    table_.reset();
    open();
    const auto cursor = static_cast<std::size_t>(unwrap(table_->cursor()).value);
    ASSERT_GE(cursor, flushed_);
    ASSERT_LE(cursor, history_.size());
    rows_.clear();
    for (std::size_t i = 0; i < cursor; ++i) {
      for (const auto& [key, value] : history_[i]) {
        rows_.erase(key);
        if (value) rows_.emplace(key, *value);
      }
    }
    walk();
    for (std::size_t number = cursor + 1; number <= history_.size(); ++number) apply(number);
  }

  std::mt19937 random_;
  tests::TempDir directory_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<const Table> table_;
  std::vector<Frame> history_;
  std::map<std::string, std::uint32_t> rows_;
  std::size_t flushed_ = 0;
};

TEST(WriteBehind, a_table_is_what_a_map_is_whatever_happens_to_it) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    RandomTable(seed).run(120);
  }
}

}  // namespace
}  // namespace boxoffice::projections
