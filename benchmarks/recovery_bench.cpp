// How fast is a cold start? `replay`: events a second from a log in memory through decode, evolve
// and the digest, frames of 512 locks; goal: 3 M events/s. `x_decode` is its time over that of
// decoding the same frames alone, in the same run. `verify`: the same log through
// `boxoffice log verify`; goal: half of replay's speed, `x_replay` at most 2. `load`: reading a
// snapshot of a million seats, a tenth of them locked, from disk; goal: one second. `x_hash` is its
// time over that of hashing the file's bytes, which is the least that checking it costs.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "base/ensure.h"
#include "engine/log/frame.h"
#include "engine/log/memory_log.h"
#include "engine/log/sha256.h"
#include "engine/replay.h"
#include "engine/sequencer/sequencer.h"
#include "engine/snapshot_store.h"
#include "tools/audit/verify.h"

namespace {

using namespace boxoffice;
using namespace engine::domain;
using Seconds = std::chrono::duration<double>;

constexpr Instant start{1'718'481'600'000'000};
constexpr std::size_t commands_per_frame = 512;

// A log of `shows` of 10,000 seats, of which every tenth is locked.
class Written {
 public:
  explicit Written(std::uint32_t shows) {
    add(CreateMovie{{.title = "Movie",
                     .description = {},
                     .duration_min = 90,
                     .genre = {},
                     .rating = {},
                     .poster_url = {},
                     .release_date = {}}});
    add(CreateTheatre{
        {.name = {}, .city = {}, .address = {}, .total_seats = seats_per_show, .layout = {}}});
    for (std::uint32_t i = 0; i < shows; ++i) {
      add(CreateShow{MovieId(1), TheatreId(1), {}, {}, Money{1250}});
    }
    for (std::uint32_t seat = 1; seat < shows * seats_per_show; seat += 10) {
      add(LockSeats{.show_id = ShowId((seat - 1) / seats_per_show + 1),
                    .seat_ids = {SeatId(seat)},
                    .user_session = "3f2b8c1e-0000-4000-8000-" + std::to_string(seat)});
    }
    seal();
  }

  const engine::log::MemoryLog& log() const { return log_; }
  engine::Snapshot snapshot() const { return {log_.head(), sequencer_.state()}; }

 private:
  static constexpr std::int32_t seats_per_show = 10'000;

  void add(Command command) {
    sequencer_.open(start);
    sequencer_.add({.command = std::move(command), .cause = "0123456789abcdef"});
    if (++commands_ % commands_per_frame == 0) seal();
  }
  void seal() {
    if (!sequencer_.has_work()) return;
    const auto sealed = sequencer_.seal();
    const auto outcome =
        log_.append({.first = sealed.frame->first(),
                     .count = static_cast<std::uint32_t>(sealed.frame->events.size()),
                     .time = sealed.frame->time,
                     .digest = sealed.digest,
                     .body = sealed.body});
    ENSURE(outcome.status == engine::log::AppendStatus::durable, "memory takes what it is given");
  }

  engine::log::MemoryLog log_;
  engine::Sequencer sequencer_{{}, {}};
  std::size_t commands_ = 0;
};

double decode_seconds(const engine::log::EventLog& log) {
  const auto begin = std::chrono::steady_clock::now();
  const auto cursor = log.read(Position(1));
  events::Frame frame;
  while (true) {
    auto stored = cursor->next();
    ENSURE(stored, "a log in memory can be read");
    if (!stored.value()) break;
    ENSURE(engine::log::decode_events(*stored.value(), frame), "it was just encoded");
    benchmark::DoNotOptimize(frame);
  }
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

void replay(benchmark::State& bench) {
  const Written written(100);
  const auto see_nothing = [](const events::Frame&) -> Result<void> { return success(); };
  double decoding = 0;
  double replaying = 0;
  for ([[maybe_unused]] auto _ : bench) {
    decoding += decode_seconds(written.log());
    const auto begin = std::chrono::steady_clock::now();
    auto state = engine::replay(written.log(), see_nothing);
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    ENSURE(state, "a log that was just written can be replayed");
    bench.SetIterationTime(took);
    replaying += took;
  }
  const auto events = static_cast<double>(written.log().head().last.value) *
                      static_cast<double>(bench.iterations());
  bench.counters["events/s"] = events / replaying;
  bench.counters["x_decode"] = replaying / decoding;
}
BENCHMARK(replay)->UseManualTime()->Unit(benchmark::kMillisecond);

double replay_seconds(const engine::log::EventLog& log) {
  const auto begin = std::chrono::steady_clock::now();
  const auto state =
      engine::replay(log, [](const events::Frame&) -> Result<void> { return success(); });
  ENSURE(state, "a log that was just written can be replayed");
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

void verify(benchmark::State& bench) {
  const Written written(100);
  std::ostringstream nowhere;
  double verifying = 0;
  double replaying = 0;
  for ([[maybe_unused]] auto _ : bench) {
    replaying += replay_seconds(written.log());
    const auto begin = std::chrono::steady_clock::now();
    tools::audit::VerifyReport report;
    const auto done = tools::audit::verify_log(written.log(), report, {.out = nowhere});
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    ENSURE(done, "a log that was just written is in order");
    bench.SetIterationTime(took);
    verifying += took;
  }
  bench.counters["events/s"] = static_cast<double>(written.log().head().last.value) *
                               static_cast<double>(bench.iterations()) / verifying;
  bench.counters["x_replay"] = verifying / replaying;
}
BENCHMARK(verify)->UseManualTime()->Unit(benchmark::kMillisecond);

void load_snapshot_of_a_million_seats(benchmark::State& bench) {
  const char* parent = std::getenv("BENCH_DIRECTORY");
  const auto directory =
      std::filesystem::path(parent != nullptr ? parent : ".") / "recovery_bench_data";
  engine::SnapshotStore store(directory);
  const auto file = store.write(Written(100).snapshot());
  ENSURE(file, "the disk takes what it is given");
  const std::string bytes =
      engine::encode_snapshot(engine::SnapshotStore::load(file.value().path).value());
  double hashing = 0;
  double loading = 0;
  for ([[maybe_unused]] auto _ : bench) {
    auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(
        engine::log::sha256({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}));
    hashing += Seconds(std::chrono::steady_clock::now() - begin).count();
    begin = std::chrono::steady_clock::now();
    auto snapshot = engine::SnapshotStore::load(file.value().path);
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    ENSURE(snapshot, "a snapshot that was just written can be read");
    bench.SetIterationTime(took);
    loading += took;
  }
  bench.counters["bytes"] = static_cast<double>(bytes.size());
  bench.counters["x_hash"] = loading / hashing;
  std::filesystem::remove_all(directory);
}
BENCHMARK(load_snapshot_of_a_million_seats)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
