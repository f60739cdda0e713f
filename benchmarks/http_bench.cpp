// What does our HTTP server cost beside the least that a Beast program does? One I/O thread each, a
// handler that answers /health at once, N connections that each wait for their answer before they
// ask again. Goal: `x_echo` >= 1.2 (our requests/s over the echo's), guard, limits and deadlines
// included.
//
// Rounds against the two alternate within one run, so that both meet the same machine. `x_echo_cpu`
// is the same ratio per second of processor time of the server's thread: it stays true when other
// programs keep the processors busy.
#include <benchmark/benchmark.h>
#include <time.h>

#include <string>
#include <string_view>

#include "base/ensure.h"
#include "benchmarks/beast_echo.h"
#include "benchmarks/http_load.h"
#include "http/server/server.h"

namespace {

using namespace boxoffice;

/// What the servers' threads have used: all of the process but this thread, which is the clients'.
double server_cpu_seconds() {
  const auto seconds_of = [](clockid_t clock) {
    timespec time{};
    ENSURE(::clock_gettime(clock, &time) == 0, "Linux has processor-time clocks");
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID) - seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

struct Cost {
  double seconds = 0;
  double cpu_seconds = 0;

  void add_round(benchmarks::HttpLoad& load, std::size_t requests) {
    static const std::string health_request = benchmarks::get_request("/health");
    const double cpu_before = server_cpu_seconds();
    seconds += load.run(
        requests, [] { return std::string_view(health_request); }, "{");
    cpu_seconds += server_cpu_seconds() - cpu_before;
  }
};

http::Task<http::Response> health(const http::Request&) {
  co_return http::Response{.body = R"({"status":"healthy"})"};
}

void http_server_beside_beast_echo(benchmark::State& state) {
  const auto connections = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t requests = 20'000;

  http::Server server;
  ENSURE(server.listen({.port = 0}), "a free port is found");
  server.start(
      health, [](int status, std::string_view) { return http::Response{.status = status}; },
      [](std::string_view) {});
  const benchmarks::BeastEcho echo;
  benchmarks::HttpLoad ours(server.port(), connections);
  benchmarks::HttpLoad theirs(echo.port(), connections);

  Cost our;
  Cost their;
  for ([[maybe_unused]] auto _ : state) {
    their.add_round(theirs, requests);
    const double before = our.seconds;
    our.add_round(ours, requests);
    state.SetIterationTime(our.seconds - before);
  }
  const auto total = static_cast<double>(requests) * static_cast<double>(state.iterations());
  state.counters["requests/s"] = total / our.seconds;
  state.counters["echo/s"] = total / their.seconds;
  state.counters["x_echo"] = their.seconds / our.seconds;
  state.counters["cpu_us"] = 1e6 * our.cpu_seconds / total;
  state.counters["x_echo_cpu"] = their.cpu_seconds / our.cpu_seconds;
}

BENCHMARK(http_server_beside_beast_echo)
    ->ArgName("connections")
    ->Arg(1)
    ->Arg(64)
    ->Arg(256)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
