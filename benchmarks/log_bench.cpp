// How close does a durable append come to the least that it can cost: writing the same bytes, in
// the same batches, to a plain file and calling fdatasync? Goal: `x_raw` ≥ 0.8 (raw time / our
// time). And how fast is a log read back and decoded, every checksum and link of the chain checked?
//
// And how often is a byte of the log written to disk until it has found its place? Goal:
// `x_log` ≤ 2.2: once to the write-ahead file, once to a table.
//
// Appends to the log and to the plain file alternate, so that both meet the same disk. They are in
// the current directory, or in BENCH_DIRECTORY: a file system in memory would measure nothing.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/ensure.h"
#include "benchmarks/lock_events.h"
#include "engine/log/event_log.h"
#include "engine/log/frame.h"
#include "engine/log/rocksdb_log.h"
#include "engine/log/sha256.h"

namespace {

using namespace boxoffice;
using namespace boxoffice::engine;
using benchmarks::log_time;
using Clock = std::chrono::steady_clock;

// A directory for one benchmark, on the disk that is measured.
class BenchDirectory {
 public:
  BenchDirectory() {
    const char* parent = std::getenv("BENCH_DIRECTORY");
    std::string pattern =
        (std::filesystem::path(parent != nullptr ? parent : ".") / "log-bench-XXXXXX").string();
    ENSURE(::mkdtemp(pattern.data()) != nullptr, "the directory to measure in can be written");
    path_ = pattern;
  }
  ~BenchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BenchDirectory(const BenchDirectory&) = delete;
  BenchDirectory& operator=(const BenchDirectory&) = delete;

  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::vector<std::uint8_t> encode_locks(Position first, std::uint32_t count) {
  return benchmarks::encode(benchmarks::lock_events(first, count));
}

std::unique_ptr<log::EventLog> open_log(const std::filesystem::path& directory) {
  auto opened = log::open_rocksdb_log({.directory = directory});
  ENSURE(opened, "the log can be opened");
  return std::move(opened.value());
}

// One batch of `count` locks to the log; returns what the append alone took.
Clock::duration append_to_log(log::EventLog& log, std::uint32_t count) {
  const Position first = log.head().last.next();
  const auto body = encode_locks(first, count);
  const auto begin = Clock::now();
  const auto outcome = log.append({first, count, log_time, {}, body});
  const auto taken = Clock::now() - begin;
  ENSURE(outcome.status == log::AppendStatus::durable, "the disk takes what it is given");
  return taken;
}

Clock::duration append_to_file(int file, const std::vector<std::uint8_t>& bytes) {
  const auto begin = Clock::now();
  const ssize_t written = ::write(file, bytes.data(), bytes.size());
  const int synced = ::fdatasync(file);
  const auto taken = Clock::now() - begin;
  ENSURE(written == static_cast<ssize_t>(bytes.size()) && synced == 0,
         "the disk takes what it is given");
  return taken;
}

void append_locks(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const BenchDirectory directory;
  const auto log = open_log(directory / "log");
  const int file = ::open((directory / "raw").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ENSURE(file >= 0, "a plain file can be made");
  // As long as a frame of the log, header and hash included.
  std::vector<std::uint8_t> raw = encode_locks(Position(1), count);
  raw.resize(raw.size() + log::frame_header_bytes + log::frame_hash_bytes);

  Clock::duration ours{};
  Clock::duration theirs{};
  for (auto _ : state) {
    const auto taken = append_to_log(*log, count);
    state.SetIterationTime(std::chrono::duration<double>(taken).count());
    ours += taken;
    theirs += append_to_file(file, raw);
  }
  ::close(file);
  state.SetItemsProcessed(state.iterations() * count);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["x_raw"] = static_cast<double>(theirs.count()) / static_cast<double>(ours.count());
}
BENCHMARK(append_locks)
    ->Arg(1)
    ->Arg(16)
    ->Arg(128)
    ->Arg(1024)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

void read_and_decode(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  constexpr std::uint32_t events_in_log = 1 << 17;
  const BenchDirectory directory;
  const auto log = open_log(directory / "log");
  while (log->head().last.value < events_in_log) append_to_log(*log, count);
  for (auto _ : state) {
    const auto cursor = log->read(Position(1));
    while (true) {
      const auto stored = cursor->next();
      ENSURE(stored, "the log is as it was written");
      if (!stored.value()) break;
      const auto frame = log::decode_events(*stored.value());
      ENSURE(frame, "the events are as they were written");
      benchmark::DoNotOptimize(frame.value().events.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(log->head().last.value));
}
BENCHMARK(read_and_decode)->Arg(128)->Arg(1024)->Unit(benchmark::kMillisecond);

// What this process had the disk write so far, by the kernel's count.
std::uint64_t bytes_written_to_disk() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t bytes = 0;
  while (io >> name >> bytes) {
    if (name == "write_bytes:") return bytes;
  }
  ENSURE(false, "the kernel counts what is written");
  return 0;
}

// With a write buffer of 4 MiB in place of 64, so that a sixteenth of the bytes go the same way.
void bytes_written_for_the_log(benchmark::State& state) {
  constexpr std::size_t write_buffer_bytes = 4 << 20;
  constexpr std::size_t log_bytes_min = 12 * write_buffer_bytes;
  double log_bytes = 0;
  double disk_bytes = 0;
  for (auto _ : state) {
    const BenchDirectory directory;
    const std::uint64_t before = bytes_written_to_disk();
    std::size_t bytes = 0;
    {
      auto log = log::open_rocksdb_log(
          {.directory = directory / "log", .write_buffer_bytes = write_buffer_bytes});
      ENSURE(log, "the log can be opened");
      while (bytes < log_bytes_min) {
        const Position first = log.value()->head().last.next();
        const auto body = encode_locks(first, 128);
        bytes += body.size() + log::frame_header_bytes + log::frame_hash_bytes;
        ENSURE(log.value()->append({first, 128, log_time, {}, body}).status ==
                   log::AppendStatus::durable,
               "the disk takes what it is given");
      }
    }
    disk_bytes += static_cast<double>(bytes_written_to_disk() - before);
    log_bytes += static_cast<double>(bytes);
  }
  state.counters["x_log"] = disk_bytes / log_bytes;
}
BENCHMARK(bytes_written_for_the_log)->Iterations(1)->Unit(benchmark::kMillisecond);

void hash_frames(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 7);
  for (auto _ : state) benchmark::DoNotOptimize(log::sha256(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash_frames)->Arg(256)->Arg(4 << 10)->Arg(128 << 10);

}  // namespace

BENCHMARK_MAIN();
