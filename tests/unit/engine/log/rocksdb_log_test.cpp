#include "engine/log/rocksdb_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "engine/log/memory_log.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/log/event_log_conformance.h"
#include "tests/unit/engine/log/interrupted_file_system.h"

namespace boxoffice::engine::log {
namespace {

std::unique_ptr<EventLog> must_open(const RocksdbLogOptions& options) {
  auto log = open_rocksdb_log(options);
  EXPECT_TRUE(log) << log.error().text;
  return log ? std::move(log.value()) : nullptr;
}

Fault fault_of_open(const RocksdbLogOptions& options) {
  auto log = open_rocksdb_log(options);
  EXPECT_FALSE(log) << "was opened";
  return log ? Fault{FaultKind::unavailable, ""} : log.error();
}

class RocksdbSubject {
 public:
  RocksdbSubject() : log_(must_open({.directory = dir_.path() / "log", .env = env_.get()})) {}

  EventLog& log() { return *log_; }
  void fail_next_append() {
    constexpr std::uint64_t its_sync = 2;  // after the write itself
    files_->fail(its_sync, tests::FaultyFileSystem::Failure::io_error);
  }

 private:
  tests::TempDir dir_;
  tests::TempDir graveyard_;
  std::shared_ptr<tests::FaultyFileSystem> files_ =
      std::make_shared<tests::FaultyFileSystem>(graveyard_.path(), 1);
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  std::unique_ptr<EventLog> log_;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Rocksdb, EventLogConformance, RocksdbSubject);

TEST(RocksdbLog, is_the_same_after_it_was_opened_again) {
  const tests::TempDir dir;
  Head head;
  {
    const auto log = must_open({.directory = dir.path()});
    append_frames(*log, 10);
    head = log->head();
  }
  const auto log = must_open({.directory = dir.path()});
  EXPECT_EQ(log->head(), head);
  EXPECT_EQ(read_frames(*log).size(), 10u);
  append_frames(*log, 2);
  EXPECT_EQ(read_frames(*log).size(), 12u);
}

TEST(RocksdbLog, has_the_chain_that_a_log_in_memory_has) {
  const tests::TempDir dir;
  const auto on_disk = must_open({.directory = dir.path(), .logic_version = 4});
  MemoryLog in_memory(4);
  append_frames(*on_disk, 8);
  append_frames(in_memory, 8);
  EXPECT_EQ(on_disk->head(), in_memory.head());
  EXPECT_EQ(read_frames(*on_disk)[0].logic_version, 4u);
}

TEST(RocksdbLog, is_read_across_tables_and_write_ahead_files) {
  const tests::TempDir dir;
  const RocksdbLogOptions small{.directory = dir.path(), .write_buffer_bytes = 64 << 10};
  {
    const auto log = must_open(small);
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(log->append(draft_after(log->head().last, 7, 10'000).draft()).status,
                AppendStatus::durable);
    }
    EXPECT_EQ(read_frames(*log).size(), 100u);
  }
  EXPECT_EQ(read_frames(*must_open(small)).size(), 100u);
  const auto reader = must_open({.directory = dir.path(), .read_only = true});
  EXPECT_EQ(read_frames(*reader, Position(345)).size(), 51u);
}

TEST(RocksdbLog, creates_missing_directories) {
  const tests::TempDir dir;
  append_frames(*must_open({.directory = dir.path() / "a" / "b" / "log"}), 1);
  EXPECT_TRUE(std::filesystem::exists(dir.path() / "a" / "b" / "log" / "CURRENT"));
}

TEST(RocksdbLog, says_why_its_directory_cannot_be_made) {
  const tests::TempDir dir;
  std::ofstream(dir.path() / "file").put('x');
  const Fault fault = fault_of_open({.directory = dir.path() / "file" / "log"});
  EXPECT_EQ(fault.kind, FaultKind::io);
  const std::string doing = "cannot create " + (dir.path() / "file" / "log").string() + ": ";
  EXPECT_TRUE(fault.text.starts_with(doing)) << fault.text;
  EXPECT_TRUE(fault.text.ends_with("Not a directory")) << fault.text;
}

TEST(RocksdbLog, is_not_opened_on_a_disk_that_is_nearly_full) {
  const tests::TempDir dir;
  const Fault fault = fault_of_open({.directory = dir.path(), .free_space_min_bytes = UINT64_MAX});
  EXPECT_EQ(fault.kind, FaultKind::no_space);
  EXPECT_NE(fault.text.find(dir.path().string()), std::string::npos) << fault.text;
}

TEST(RocksdbLog, is_locked_while_this_process_has_it) {
  const tests::TempDir dir;
  const auto log = must_open({.directory = dir.path()});
  const Fault fault = fault_of_open({.directory = dir.path()});
  EXPECT_EQ(fault.kind, FaultKind::locked);
}

TEST(RocksdbLog, is_locked_while_another_process_has_it) {
  const tests::TempDir dir;
  append_frames(*must_open({.directory = dir.path()}), 1);
  int opened[2];
  int done[2];
  ASSERT_EQ(pipe(opened), 0);
  ASSERT_EQ(pipe(done), 0);
  const std::string lock_file = dir.path() / "LOCK";
  const pid_t owner = fork();
  if (owner == 0) {  // locks the file as RocksDB does: its threads would not survive the fork
    struct flock whole {
      .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0
    };
    char byte = fcntl(open(lock_file.c_str(), O_RDWR), F_SETLK, &whole) == 0 ? 'y' : 'n';
    if (write(opened[1], &byte, 1) == 1 && read(done[0], &byte, 1) == 1) _exit(0);
    _exit(1);
  }
  close(opened[1]);  // so that an owner that died is read as the end, not waited for
  char byte = 0;
  ASSERT_EQ(read(opened[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const Fault fault = fault_of_open({.directory = dir.path()});
  EXPECT_EQ(fault.kind, FaultKind::locked);
  EXPECT_EQ(fault.text, dir.path().string() + " is in use by another process");
  ASSERT_EQ(write(done[1], &byte, 1), 1);
  ASSERT_EQ(waitpid(owner, nullptr, 0), owner);
  for (const int end : {opened[0], done[0], done[1]}) close(end);
}

TEST(RocksdbLog, is_looked_at_before_anything_is_written_and_under_its_lock) {
  const tests::TempDir dir;
  RocksdbLogOptions options{.directory = dir.path()};
  append_frames(*must_open(options), 10);
  const auto files = [&] {
    std::map<std::string, std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      out[entry.path().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return out;
  };
  const auto before = files();
  options.before_writing = [&](const EventLog& log) -> Result<void> {
    EXPECT_EQ(read_frames(log).size(), 10u);
    EXPECT_EQ(fault_of_open({.directory = dir.path()}).kind, FaultKind::locked);
    return fault(FaultKind::differs, "not this one");
  };
  EXPECT_EQ(fault_of_open(options).text, "not this one");
  EXPECT_EQ(files(), before);
  options.before_writing = [](const EventLog&) -> Result<void> { return success(); };
  append_frames(*must_open(options), 1);
  EXPECT_NE(files(), before);
}

TEST(RocksdbLog, is_not_looked_at_when_it_is_empty_or_only_read) {
  const tests::TempDir dir;
  const auto refuse = [](const EventLog&) -> Result<void> {
    return fault(FaultKind::differs, "looked at");
  };
  append_frames(*must_open({.directory = dir.path(), .before_writing = refuse}), 1);
  must_open({.directory = dir.path(), .read_only = true, .before_writing = refuse});
}

TEST(RocksdbLog, a_read_only_log_must_exist) {
  const tests::TempDir dir;
  const Fault fault = fault_of_open({.directory = dir.path() / "none", .read_only = true});
  EXPECT_EQ(fault.kind, FaultKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "none"));
}

TEST(RocksdbLog, is_not_there_yet_when_its_making_was_interrupted) {
  const tests::TempDir dir;
  {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir.path().string(), &db).ok());
    delete db;
  }
  EXPECT_EQ(fault_of_open({.directory = dir.path(), .read_only = true}).kind, FaultKind::not_found);
  const auto log = must_open({.directory = dir.path()});
  append_frames(*log, 2);
  EXPECT_EQ(read_frames(*must_open({.directory = dir.path(), .read_only = true})).size(), 2u);
}

TEST(RocksdbLog, a_read_only_log_takes_nothing) {
  const tests::TempDir dir;
  append_frames(*must_open({.directory = dir.path()}), 1);
  const auto log = must_open({.directory = dir.path(), .read_only = true});
  EXPECT_EQ(log->append(draft_after(Position(1), 1).draft()).status, AppendStatus::fenced);
  EXPECT_EQ(read_frames(*log).size(), 1u);
}

TEST(RocksdbLog, is_opened_read_only_beside_its_writer) {
  const tests::TempDir dir;
  const auto log = must_open({.directory = dir.path()});
  append_frames(*log, 1);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) append_frames(*log, 3);
  });
  for (int i = 0; i < 10; ++i) {
    const Position durable = log->head().last;
    const auto reader = must_open({.directory = dir.path(), .read_only = true});
    if (reader == nullptr) break;
    EXPECT_GE(reader->head().last, durable);
    const auto frames = read_frames(*reader);
    EXPECT_FALSE(frames.empty());
    if (frames.empty()) break;
    EXPECT_EQ(frames.back().last(), reader->head().last);
  }
  stop = true;
  writer.join();
}

std::filesystem::path write_ahead_file(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") return entry.path();
  }
  ADD_FAILURE() << "there is no write-ahead file";
  return {};
}

// The frames that the writer moves from a write-ahead file to a table while a reader opens the log
// must not be missed.
TEST(RocksdbLog, is_opened_read_only_without_a_hole_while_its_writer_changes_files) {
  const tests::TempDir dir;
  const auto log = must_open({.directory = dir.path(), .write_buffer_bytes = 64 << 10});
  append_frames(*log, 3);
  const auto files = std::make_shared<InterruptedFileSystem>([&] {
    const auto first = write_ahead_file(dir.path());
    while (std::filesystem::exists(first)) {
      ASSERT_EQ(log->append(draft_after(log->head().last, 1, 20'000).draft()).status,
                AppendStatus::durable);
    }
  });
  const auto env = rocksdb::NewCompositeEnv(files);
  const auto reader = must_open({.directory = dir.path(), .read_only = true, .env = env.get()});
  ASSERT_NE(reader, nullptr);
  const auto frames = read_frames(*reader);
  EXPECT_GT(frames.size(), 3u);
  EXPECT_EQ(frames.size(), read_frames(*log).size());
}

}  // namespace
}  // namespace boxoffice::engine::log
