// How fast do events become bytes, and bytes events? Encoding is on the sequencer's thread, between
// deciding and the reply (well under 200 ns a lock, for 1.5 M lock commands/s in all); decoding
// bounds every replay (3 M events/s with evolving and digest).
//
// The events are seat locks as a busy evening brings them: three seats, a uuid as session. The
// limit that both are held against is a bare copy of the same bytes (`x_memcpy`: how many times
// longer).
#include <benchmark/benchmark.h>

#include <cstring>
#include <ctime>
#include <vector>

#include "benchmarks/lock_events.h"
#include "events/codec.h"

namespace {

using namespace boxoffice;
using events::Event;

using benchmarks::log_time;

std::vector<Event> lock_events(std::int64_t count) {
  return benchmarks::lock_events(Position(1'000'000), static_cast<std::uint32_t>(count));
}

// Processor seconds, so that whatever else the machine does is not counted.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Seconds that it takes to copy `bytes` once.
double copy_seconds(const std::vector<std::uint8_t>& bytes) {
  constexpr int rounds = 20'000;
  std::vector<std::uint8_t> to(bytes.size());
  const double begin = now();
  for (int i = 0; i < rounds; ++i) {
    std::memcpy(to.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  return (now() - begin) / rounds;
}

void count(benchmark::State& state, const std::vector<std::uint8_t>& bytes, double seconds) {
  const auto frames = static_cast<double>(state.iterations());
  const auto events = static_cast<double>(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["ns_per_event"] = seconds * 1e9 / (frames * events);
  state.counters["bytes_per_event"] = static_cast<double>(bytes.size()) / events;
  state.counters["x_memcpy"] = seconds / frames / copy_seconds(bytes);
}

void encode_locks(benchmark::State& state) {
  const auto events = lock_events(state.range(0));
  events::FrameEncoder encoder;
  std::vector<std::uint8_t> bytes;
  const double begin = now();
  for (auto _ : state) {
    for (const Event& event : events) encoder.add(event);
    encoder.finish(log_time, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count(state, bytes, now() - begin);
}
BENCHMARK(encode_locks)->Arg(1)->Arg(16)->Arg(128)->Arg(1024);

void decode_locks(benchmark::State& state) {
  const auto bytes = benchmarks::encode(lock_events(state.range(0)));
  const double begin = now();
  for (auto _ : state) {
    auto frame = events::decode_frame(bytes);
    if (!frame) {
      state.SkipWithError(frame.error().text.c_str());
      break;
    }
    benchmark::DoNotOptimize(frame.value().events.data());
  }
  count(state, bytes, now() - begin);
}
BENCHMARK(decode_locks)->Arg(1)->Arg(16)->Arg(128)->Arg(1024);

}  // namespace

BENCHMARK_MAIN();
