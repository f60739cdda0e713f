// What does a durable command cost beside a trivial one? The whole program in one process, as
// `boxoffice serve` puts it together, on a log in the current directory (BENCH_DIRECTORY for
// another): `POST /api/seats/lock` of three seats against the same server's `/health`, N
// connections that each wait for their answer. Goals: `x_health` >= 0.7 at 64 connections, where
// one sync bounds it, and >= 0.95 at 256.
//
// `beside_a_rebuild`: the slowest hundredth of such locks while the seat map is made anew, time and
// again, from a log of 400,000 locks, beside the same without. Goal: `x_alone` at most 2.
//
// `seats_beside_health`: the cached map of a hall of 100 seats, 11 KB, plain and as browsers ask
// for it, beside /health. Goal: `x_health` at least 0.9.
//
// Rounds of the two alternate within one run, so that both meet the same machine.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "benchmarks/cinema.h"
#include "benchmarks/http_load.h"

namespace {

using namespace boxoffice;
using benchmarks::Cinema;

/// Rounds of `requests` requests, to /health and as `next` makes them, in turn.
void run_beside_health(benchmark::State& state, benchmarks::HttpLoad& load, std::size_t requests,
                       const char* rate, const std::function<std::string_view()>& next,
                       std::string_view expected) {
  const std::string health = benchmarks::get_request("/health");
  double health_seconds = 0;
  double seconds = 0;
  for ([[maybe_unused]] auto _ : state) {
    health_seconds += load.run(
        requests, [&] { return std::string_view(health); }, "{\"status\"");
    const double took = load.run(requests, next, expected);
    seconds += took;
    state.SetIterationTime(took);
  }
  const auto total = static_cast<double>(requests) * static_cast<double>(state.iterations());
  state.counters[rate] = total / seconds;
  state.counters["health/s"] = total / health_seconds;
  state.counters["x_health"] = health_seconds / seconds;
}

void durable_lock_beside_health(benchmark::State& state) {
  const auto connections = static_cast<std::size_t>(state.range(0));
  const std::size_t requests = connections == 1 ? 1'000 : 10'000;
  Cinema cinema;
  benchmarks::HttpLoad load(cinema.port(), connections);
  const std::uint64_t frames_before = cinema.frames();
  run_beside_health(
      state, load, requests, "locks/s", [&] { return cinema.next_lock(); }, "{\"success\":true");
  const auto total = static_cast<double>(requests) * static_cast<double>(state.iterations());
  state.counters["locks/sync"] = total / static_cast<double>(cinema.frames() - frames_before);
}

BENCHMARK(durable_lock_beside_health)
    ->ArgName("connections")
    ->Arg(1)
    ->Arg(64)
    ->Arg(256)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void seats_beside_health(benchmark::State& state) {
  const bool coded = state.range(1) != 0;
  Cinema cinema;
  const std::string seats =
      benchmarks::get_request(fmt::format("/api/shows/{}/seats", cinema.show_of_seats(100).value),
                              coded ? "Accept-Encoding: gzip\r\n" : "");
  benchmarks::HttpLoad load(cinema.port(), static_cast<std::size_t>(state.range(0)));
  run_beside_health(
      state, load, 20'000, "seat_maps/s", [&] { return std::string_view(seats); },
      coded ? "\x1F\x8B" : "[{\"seat_number\"");
}

BENCHMARK(seats_beside_health)
    ->ArgNames({"connections", "gzip"})
    ->ArgsProduct({{1, 64, 256}, {0, 1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void locks_beside_a_rebuild(benchmark::State& state) {
  constexpr std::size_t log_locks = 400'000;
  constexpr std::size_t requests = 20'000;
  const auto connections = static_cast<std::size_t>(state.range(0));
  Cinema cinema;
  benchmarks::HttpLoad load(cinema.port(), connections);
  const auto lock = [&](std::size_t count) {
    return load.run(
        count, [&] { return cinema.next_lock(); }, "{\"success\":true");
  };
  benchmarks::HttpLoad(cinema.port(), 256)
      .run(
          log_locks, [&] { return cinema.next_lock(); }, "{\"success\":true");
  double alone = 0;
  double beside = 0;
  std::size_t made = 0;
  for ([[maybe_unused]] auto _ : state) {
    lock(requests);
    alone += load.percentile(0.99);
    std::atomic<bool> stop{false};
    std::thread rebuilding([&] { made += cinema.rebuild_until(stop); });
    state.SetIterationTime(lock(requests));
    beside += load.percentile(0.99);
    stop = true;
    rebuilding.join();
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["p99_alone_ms"] = alone / rounds * 1000;
  state.counters["p99_beside_ms"] = beside / rounds * 1000;
  state.counters["x_alone"] = beside / alone;
  state.counters["made"] = static_cast<double>(made) / rounds;
}

BENCHMARK(locks_beside_a_rebuild)
    ->ArgName("connections")
    ->Arg(8)
    ->Arg(64)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
