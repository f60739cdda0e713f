// A small log and its head mark, with every byte of every file changed, every file cut short,
// deleted, and exchanged with every other: opening and reading it to its end gives a fault or
// exactly the events that were written. Never, without a word, something else.
//
// RocksDB reads neither IDENTITY nor OPTIONS-* nor LOG* (a name, a record of settings, its diary):
// damage in these is harmless, and what the test demands of them is that the events are the same.
// The long OPTIONS file has every 100th byte changed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/log/rocksdb_log.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

namespace fs = std::filesystem;

// What is done to a copy of the data directory, in words too.
struct Damage {
  std::string what;
  std::function<void(const fs::path& data)> apply;
};

// Under sanitizers every seventh.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t stride = 7;
#else
constexpr std::size_t stride = 1;
#endif

class EveryByte : public testing::Test {
 protected:
  // Three frames in a table and three in a write-ahead file.
  void SetUp() override {
    for (int part = 0; part < 2; ++part) {
      const auto log = open(data_, {});
      ASSERT_TRUE(log) << log.error().text;
      append_frames(*log.value(), 3);
      expected_.clear();
      for (const auto& frame : read_frames(*log.value())) expected_.push_back(frame.hash);
    }
    ASSERT_EQ(expected_.size(), 6u);
    std::size_t tables = 0;
    for (const auto& entry : fs::recursive_directory_iterator(data_)) {
      if (!entry.is_regular_file()) continue;
      files_.push_back(fs::relative(entry.path(), data_));
      if (entry.path().extension() == ".sst") ++tables;
    }
    ASSERT_EQ(tables, 1u);
    std::sort(files_.begin(), files_.end());
  }

  static Result<std::unique_ptr<EventLog>> open(const fs::path& data, rocksdb::Env* env) {
    return open_rocksdb_log({.directory = data / "log",
                             .head_directory = data / "head",
                             .free_space_min_bytes = 0,
                             .env = env});
  }

  using Hashes = std::vector<Sha256>;

  // The fault, or the hashes of the frames, each of which stands for every byte before it.
  std::pair<std::string, Hashes> read(const fs::path& data) const {
    const auto env = rocksdb::NewCompositeEnv(quick_);
    Hashes hashes;
    const auto log = open(data, env.get());
    if (!log) return {log.error().text, {}};
    const auto cursor = log.value()->read(Position(1));
    while (true) {
      const auto frame = cursor->next();
      if (!frame) return {frame.error().text, {}};
      if (!frame.value()) return {{}, hashes};
      hashes.push_back(frame.value()->hash);
    }
  }

  // The events are as they were, or there is a fault. Counts the faults.
  void try_all(const std::vector<Damage>& damages) {
    std::atomic<std::size_t> next{0};
    const auto work = [&](int worker) {
      const fs::path copy = dir_.path() / fmt::format("copy-{}", worker);
      for (std::size_t i = next++; i < damages.size(); i = next++) {
        fs::remove_all(copy);
        fs::copy(data_, copy, fs::copy_options::recursive);
        damages[i].apply(copy);
        const auto [fault, hashes] = read(copy);
        const std::lock_guard lock(mutex_);
        if (fault.empty()) {
          EXPECT_EQ(hashes, expected_) << damages[i].what;
        } else {
          ++faults_;
        }
      }
    };
    std::vector<std::thread> threads;
    for (int worker = 0; worker < 3; ++worker) threads.emplace_back(work, worker);
    for (std::thread& thread : threads) thread.join();
  }

  static bool is_read_by_rocksdb(const fs::path& file) {
    const std::string name = file.filename().string();
    return !name.starts_with("OPTIONS") && !name.starts_with("LOG") && name != "IDENTITY";
  }

  tests::TempDir dir_;
  const fs::path data_ = dir_.path() / "data";
  tests::TempDir graveyard_;
  // Takes no time to sync.
  const std::shared_ptr<tests::FaultyFileSystem> quick_ =
      std::make_shared<tests::FaultyFileSystem>(graveyard_.path(), 1);
  std::vector<fs::path> files_;
  Hashes expected_;
  std::mutex mutex_;
  std::size_t faults_ = 0;
};

TEST_F(EveryByte, of_every_file_changed_is_noticed_or_harmless) {
  std::vector<Damage> damages;
  for (const fs::path& file : files_) {
    const std::size_t size = fs::file_size(data_ / file);
    for (std::size_t at = 0; at < size; at += is_read_by_rocksdb(file) ? stride : 100) {
      damages.push_back(
          {fmt::format("{}: byte {} changed", file.string(), at), [=](const fs::path& data) {
             std::string bytes = read_file(data / file);
             bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
             write_file(data / file, bytes);
           }});
    }
  }
  try_all(damages);
  EXPECT_GT(faults_, damages.size() / 5);
  RecordProperty("damages", std::to_string(damages.size()));
}

TEST_F(EveryByte, of_every_file_cut_off_is_noticed_or_harmless) {
  std::vector<Damage> damages;
  for (const fs::path& file : files_) {
    const std::size_t size = fs::file_size(data_ / file);
    for (std::size_t at = 0; at < size; at += is_read_by_rocksdb(file) ? 3 * stride : 500) {
      damages.push_back({fmt::format("{}: cut to {} bytes", file.string(), at),
                         [=](const fs::path& data) { fs::resize_file(data / file, at); }});
    }
  }
  try_all(damages);
  EXPECT_GT(faults_, damages.size() / 5);
}

TEST_F(EveryByte, of_every_file_deleted_or_exchanged_is_noticed_or_harmless) {
  std::vector<Damage> damages;
  for (const fs::path& a : files_) {
    damages.push_back({fmt::format("{} deleted", a.string()),
                       [=](const fs::path& data) { fs::remove(data / a); }});
    for (const fs::path& b : files_) {
      if (!(a < b)) continue;
      damages.push_back(
          {fmt::format("{} and {} exchanged", a.string(), b.string()), [=](const fs::path& data) {
             fs::rename(data / a, data / "other");
             fs::rename(data / b, data / a);
             fs::rename(data / "other", data / b);
           }});
    }
  }
  for (const char* folder : {"log", "head"}) {
    damages.push_back({fmt::format("{} deleted", folder),
                       [=](const fs::path& data) { fs::remove_all(data / folder); }});
  }
  try_all(damages);
  EXPECT_GT(faults_, 10u);
}

// The list of the log's files is damaged, and its frames are in a table that the list may lose. No
// word of an operator, and no missing head mark, may cost them.
class EveryByteOfTheList : public EveryByte {
 protected:
  void SetUp() override {
    EveryByte::SetUp();
    {
      const auto log = open(data_, {});  // the write-ahead file's frames go to a table, too
      ASSERT_TRUE(log) << log.error().text;
    }
    for (const auto& entry : fs::directory_iterator(data_ / "log")) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("MANIFEST") || name == "CURRENT") lists_.push_back(entry.path());
    }
    ASSERT_EQ(lists_.size(), 2u);
  }

  // Of the list alone: every byte changed, every length.
  std::vector<Damage> damages(const std::function<void(const fs::path& data)>& before) const {
    std::vector<Damage> out;
    for (const fs::path& file : lists_) {
      const std::string bytes = read_file(file);
      const fs::path name = fs::relative(file, data_);
      for (std::size_t at = 0; at < bytes.size(); at += stride) {
        out.push_back(
            {fmt::format("{}: byte {} changed", name.string(), at), [=](const fs::path& data) {
               before(data);
               std::string changed = bytes;
               changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
               write_file(data / name, changed);
             }});
        out.push_back(
            {fmt::format("{}: cut to {} bytes", name.string(), at), [=](const fs::path& data) {
               before(data);
               write_file(data / name, bytes.substr(0, at));
             }});
      }
    }
    return out;
  }

  std::vector<fs::path> lists_;
};

TEST_F(EveryByteOfTheList, costs_no_event_that_a_table_holds_whatever_an_operator_accepts) {
  try_all(damages([](const fs::path& data) { write_file(data / "head" / accept_file, ""); }));
}

TEST_F(EveryByteOfTheList, costs_no_event_that_a_table_holds_when_the_head_mark_is_gone) {
  try_all(damages([](const fs::path& data) { fs::remove_all(data / "head"); }));
}

TEST_F(EveryByteOfTheList, is_noticed_by_who_only_reads) {
  for (const Damage& damage :
       damages([](const fs::path& data) { fs::remove_all(data / "head"); })) {
    const fs::path copy = dir_.path() / "copy";
    fs::remove_all(copy);
    fs::copy(data_, copy, fs::copy_options::recursive);
    damage.apply(copy);
    const auto log = open_rocksdb_log(
        {.directory = copy / "log", .head_directory = copy / "head", .read_only = true});
    if (!log) {
      EXPECT_EQ(log.error().kind, FaultKind::corrupt) << damage.what << ": " << log.error().text;
      continue;
    }
    EXPECT_EQ(log.value()->head().last, Position(6)) << damage.what;
  }
}

}  // namespace
}  // namespace boxoffice::engine::log
