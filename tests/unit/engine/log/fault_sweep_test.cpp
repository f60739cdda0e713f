// Every call that a log makes to the disk fails once, in every way a call can fail, and after each
// the log is opened again: whatever was acknowledged is there, nothing is there that was not
// appended, and the start is not refused.
//
// Which calls there are is counted in a run without failures. Files are flushed and deleted in the
// background, so the k-th call is not the same one in each run; together they meet all.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/log/rocksdb_log.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/log/log_drafts.h"

namespace boxoffice::engine::log {
namespace {

using tests::FaultyFileSystem;
using Failure = FaultyFileSystem::Failure;

constexpr Failure failures[] = {Failure::io_error, Failure::no_space, Failure::short_write,
                                Failure::power_cut};

// One disk with a log, and what was asked of it.
class Disk {
 public:
  explicit Disk(std::uint64_t seed) {
    std::filesystem::create_directory(dir_.path() / "graveyard");
    files = std::make_shared<FaultyFileSystem>(dir_.path() / "graveyard", seed);
  }

  std::shared_ptr<FaultyFileSystem> files;

  // Opens the log and appends until something fails; leaves the process without a word.
  void run(int appends) {
    const auto env = rocksdb::NewCompositeEnv(files);
    auto log = open(env.get());
    if (log) {
      while (appends-- > 0 && append(*log.value())) {
      }
    }
    files->cut_power();
  }

  // What is wrong with the log as it is opened next; empty when nothing is.
  std::string examine() {
    const auto sound = std::make_shared<FaultyFileSystem>(dir_.path() / "graveyard", 0);
    const auto env = rocksdb::NewCompositeEnv(sound);
    const auto log = open(env.get());
    if (!log) return "refused: " + log.error().text;
    std::string wrong = compare(*log.value());
    if (!wrong.empty()) return wrong;
    const auto outcome = log.value()->append(draft_after(log.value()->head().last, 1).draft());
    return outcome.status == AppendStatus::durable ? "" : "takes nothing: " + outcome.why.text;
  }

 private:
  Result<std::unique_ptr<EventLog>> open(rocksdb::Env* env) {
    return open_rocksdb_log({.directory = dir_.path() / "data" / "log",
                             .head_directory = dir_.path() / "data" / "head",
                             .write_buffer_bytes = 64 << 10,
                             .free_space_min_bytes = 0,
                             .env = env});
  }

  bool append(EventLog& log) {
    const auto i = static_cast<std::uint32_t>(tried_.size());
    tried_.push_back(draft_after(log.head().last, 1 + i % 3, i % 50 == 49 ? 40'000 : 1'500));
    if (log.append(tried_.back().draft()).status != AppendStatus::durable) return false;
    ++acknowledged_;
    return true;
  }

  std::string compare(const EventLog& log) const {
    const auto cursor = log.read(Position(1));
    std::size_t recovered = 0;
    while (true) {
      const auto frame = cursor->next();
      if (!frame) return "damaged: " + frame.error().text;
      if (!frame.value()) break;
      if (recovered == tried_.size() || frame.value()->body != tried_[recovered].body) {
        return fmt::format("frame {} was never appended", recovered);
      }
      ++recovered;
    }
    if (recovered >= acknowledged_) return {};
    return fmt::format("{} frames were acknowledged, {} are there", acknowledged_, recovered);
  }

  tests::TempDir dir_;
  std::vector<Drafted> tried_;
  std::size_t acknowledged_ = 0;
};

constexpr int appends = 200;

std::uint64_t count_calls() {
  Disk disk(1);
  disk.run(appends);
  EXPECT_EQ(disk.examine(), "");
  return disk.files->calls();
}

struct Tally {
  std::atomic<std::uint64_t> reached{0};
  std::mutex mutex;
  std::vector<std::string> wrong;
};

// The k-th call fails; at the end of some runs the power fails too.
void try_one(std::uint64_t k, Failure failure, bool forgetful, Tally& tally) {
  const auto kind = static_cast<std::uint64_t>(failure);
  Disk disk(k * 4 + kind);
  if (forgetful) disk.files->forget_syncs_of_the_log();
  disk.files->fail(k, failure);
  disk.run(appends);
  if (failure == Failure::power_cut || k % 2 == 0) disk.files->settle();
  if (disk.files->has_failed()) ++tally.reached;
  const std::string wrong = disk.examine();
  if (wrong.empty()) return;
  const std::lock_guard lock(tally.mutex);
  tally.wrong.push_back(fmt::format("call {}, failure {}: {}", k, kind, wrong));
}

// Tries every `stride`-th call. RocksDB's background threads sleep for a second when they fail, so
// there are many disks at a time, and threads for all of them.
void sweep(std::uint64_t calls, std::uint64_t stride, bool forgetful, Tally& tally) {
  constexpr int workers = 32;
  for (const auto priority : {rocksdb::Env::LOW, rocksdb::Env::HIGH}) {
    rocksdb::Env::Default()->SetBackgroundThreads(workers, priority);
  }
  std::atomic<std::uint64_t> next{0};
  const auto work = [&] {
    for (std::uint64_t i = next++; i / 4 * stride < calls; i = next++) {
      try_one(i / 4 * stride + 1, failures[i % 4], forgetful, tally);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < workers; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

// A sanitizer's runs take ten times as long: there, every tenth call.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t stride = 10;
#else
constexpr std::uint64_t stride = 1;
#endif

TEST(FaultSweep, of_every_call_to_the_disk_loses_nothing_that_was_acknowledged) {
  const std::uint64_t calls = count_calls();
  Tally tally;
  sweep(calls, stride, false, tally);
  RecordProperty("calls", std::to_string(calls));
  RecordProperty("failures", std::to_string(tally.reached));
  EXPECT_GT(tally.reached, calls / stride * 4 * 9 / 10);
  for (const std::string& wrong : tally.wrong) ADD_FAILURE() << wrong;
}

TEST(FaultSweep, catches_a_log_that_does_not_sync) {
  Tally tally;
  sweep(400, 20, true, tally);
  EXPECT_FALSE(tally.wrong.empty());
}

}  // namespace
}  // namespace boxoffice::engine::log
