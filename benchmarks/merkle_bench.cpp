// What does the Merkle tree cost whoever walks the log anyway? `x_walk`: time of a walk (checksum
// and chain of every frame) that also adds each frame to the tree, over that of a walk alone.
// Nobody else pays: the server does not know of the tree.
//
// The argument is the number of events in a frame: 1 is an idle engine, where the tree is dearest.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

#include "base/ensure.h"
#include "benchmarks/lock_events.h"
#include "engine/log/memory_log.h"
#include "engine/log/merkle.h"

namespace {

using namespace boxoffice;
using namespace boxoffice::engine;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t events = 100'000;

Seconds walk(const log::EventLog& log, log::MerkleFrontier* tree) {
  const auto start = Clock::now();
  const auto cursor = log.read(Position(1));
  while (true) {
    const auto frame = cursor->next();
    ENSURE(frame, "the log is intact");
    if (!frame.value()) break;
    if (tree != nullptr) tree->add(log::merkle_leaf(frame.value()->hash));
  }
  return Clock::now() - start;
}

void walk_with_tree(benchmark::State& state) {
  const auto per_frame = static_cast<std::uint32_t>(state.range(0));
  log::MemoryLog log;
  for (std::uint64_t first = 1; first <= events; first += per_frame) {
    const auto body = benchmarks::encode(benchmarks::lock_events(Position(first), per_frame));
    log.append(
        {.first = Position(first), .count = per_frame, .time = benchmarks::log_time, .body = body});
  }
  Seconds alone{};
  Seconds with_tree{};
  for (auto _ : state) {
    log::MerkleFrontier tree;
    alone += walk(log, nullptr);
    with_tree += walk(log, &tree);
    benchmark::DoNotOptimize(tree.root());
  }
  const double walked = static_cast<double>(state.iterations()) * static_cast<double>(events);
  state.counters["x_walk"] = with_tree / alone;
  state.counters["tree_ms_per_M_events"] = (with_tree - alone).count() * 1e9 / walked;
  state.counters["walk_ms_per_M_events"] = alone.count() * 1e9 / walked;
}
BENCHMARK(walk_with_tree)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
