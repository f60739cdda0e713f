// How many lock commands does one core decide a second, in memory: decide, evolve, encode, seal,
// and no log? The goal is 1.5 M/s.
//
// `spread`: over 300 shows of 100 seats. `hot`: one show of 10,000 seats, which everybody wants;
// its rate should be at least 0.95 of `spread`. Each command locks one seat (`x3`: three) for a
// session of its own. Between two laps over all seats the clock jumps, so that the locks of the lap
// before expire: a second event for each command, which is counted as part of its work.
//
// `x_bare` is the time over that of the least that could be called locking, on the same commands in
// the same run: look at a seat in an array, set it, and copy seat and session to a buffer. It knows
// no owner, no expiry, no quota, and could not be replayed.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "engine/sequencer/sequencer.h"

namespace {

using namespace boxoffice;
using namespace engine::domain;
using engine::Sequencer;
using engine::Submission;

constexpr Instant start{1'718'481'600'000'000};
// What a busy engine has waiting when a sync ends.
constexpr std::size_t commands_per_frame = 512;

State hall_with(std::uint32_t shows, std::int32_t seats) {
  Sequencer sequencer({}, {});
  sequencer.open(start);
  sequencer.add({.command = CreateMovie{{.title = "Movie",
                                         .description = {},
                                         .duration_min = 90,
                                         .genre = {},
                                         .rating = {},
                                         .poster_url = {},
                                         .release_date = {}}}});
  sequencer.add({.command = CreateTheatre{
                     {.name = {}, .city = {}, .address = {}, .total_seats = seats, .layout = {}}}});
  for (std::uint32_t i = 0; i < shows; ++i) {
    sequencer.add({.command = CreateShow{MovieId(1), TheatreId(1), {}, {}, Money{1250}}});
  }
  return sequencer.state();
}

// One lap: every seat of every show once, neighbours in time in different shows.
std::vector<Submission> lap_of_locks(std::uint32_t shows, std::uint32_t seats,
                                     std::uint32_t seats_per_lock) {
  std::vector<Submission> lap;
  for (std::uint32_t seat = 0; seat + seats_per_lock <= seats; seat += seats_per_lock) {
    for (std::uint32_t show = 0; show < shows; ++show) {
      LockSeats command{.show_id = ShowId(show + 1), .seat_ids = {}, .user_session = {}};
      for (std::uint32_t i = 0; i < seats_per_lock; ++i) {
        command.seat_ids.emplace_back(show * seats + seat + i + 1);
      }
      // A uuid differs from another in its first bytes already.
      const std::uint64_t random = lap.size() * 0x9E3779B97F4A7C15;
      command.user_session =
          fmt::format("{:08x}-0000-4000-8000-{:012x}", random >> 32, random & 0xFFFF'FFFF'FFFF);
      lap.push_back({.command = std::move(command), .cause = fmt::format("{:016x}", lap.size())});
    }
  }
  return lap;
}

using Seconds = std::chrono::duration<double>;

double bare_seconds(const std::vector<Submission>& lap, std::size_t seats) {
  std::vector<std::uint32_t> holders(seats + 1);
  std::vector<char> record;
  const auto begin = std::chrono::steady_clock::now();
  std::uint32_t holder = 0;
  for (const Submission& submission : lap) {
    const auto& command = std::get<LockSeats>(submission.command);
    ++holder;
    for (const SeatId seat : command.seat_ids) {
      if (holders[seat.value] != 0) continue;
      holders[seat.value] = holder;
      const auto bytes = to_big_endian(seat.value);
      record.insert(record.end(), bytes.begin(), bytes.end());
    }
    record.insert(record.end(), command.user_session.begin(), command.user_session.end());
  }
  benchmark::DoNotOptimize(record.data());
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

void lock_seats(benchmark::State& bench) {
  const auto shows = static_cast<std::uint32_t>(bench.range(0));
  const auto seats = static_cast<std::uint32_t>(bench.range(1));
  const auto lap = lap_of_locks(shows, seats, static_cast<std::uint32_t>(bench.range(2)));
  Sequencer sequencer(hall_with(shows, static_cast<std::int32_t>(seats)), {});
  Instant now = start;
  double ours = 0;
  double bare = 0;
  for ([[maybe_unused]] auto _ : bench) {
    std::vector<Submission> commands = lap;
    now = now + std::chrono::hours(1);
    bare += bare_seconds(lap, std::size_t{shows} * seats);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < commands.size(); ++i) {
      sequencer.open(now);
      sequencer.add(std::move(commands[i]));
      if ((i + 1) % commands_per_frame == 0) benchmark::DoNotOptimize(sequencer.seal());
    }
    benchmark::DoNotOptimize(sequencer.has_work() ? sequencer.seal() : engine::SealedFrame{});
    const double took = Seconds(std::chrono::steady_clock::now() - begin).count();
    bench.SetIterationTime(took);
    ours += took;
  }
  const auto decided = static_cast<double>(lap.size()) * static_cast<double>(bench.iterations());
  bench.counters["locks/s"] = decided / ours;
  bench.counters["x_bare"] = ours / bare;
}

BENCHMARK(lock_seats)
    ->Name("lock/spread")
    ->Args({300, 100, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(lock_seats)
    ->Name("lock/hot")
    ->Args({1, 10'000, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(lock_seats)
    ->Name("lock/spread_x3")
    ->Args({300, 100, 3})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(lock_seats)
    ->Name("lock/hot_x3")
    ->Args({1, 10'000, 3})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
