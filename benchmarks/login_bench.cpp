// Can somebody tell from the time of a refused login whether the account exists?
//
// Wrong passwords for a known and for an unknown user, in turn, so that both meet the same noise;
// the medians. The goal is a difference of at most 2 ms, of some 40 that a hash takes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "http/auth/password_pool.h"

namespace boxoffice {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

double refused_ms(http::auth::PasswordPool& pool, const std::string& hash) {
  std::promise<bool> answered;
  const auto start = std::chrono::steady_clock::now();
  pool.verify(hash, "not the password", [&](bool matches) { answered.set_value(matches); });
  benchmark::DoNotOptimize(answered.get_future().get());
  return Milliseconds(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void refused_logins(benchmark::State& state) {
  http::auth::PasswordPool pool({});
  std::promise<std::string> hashed;
  pool.hash("the password", [&](std::string hash) { hashed.set_value(std::move(hash)); });
  const std::string known_hash = hashed.get_future().get();
  std::vector<double> known;
  std::vector<double> unknown;
  for (auto _ : state) {
    known.push_back(refused_ms(pool, known_hash));
    unknown.push_back(refused_ms(pool, ""));
  }
  state.counters["known_ms"] = median(known);
  state.counters["unknown_ms"] = median(unknown);
  state.counters["difference_ms"] = median(known) - median(unknown);
}
// 500 of each where it is measured: --benchmark_min_time=40
BENCHMARK(refused_logins)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace boxoffice

BENCHMARK_MAIN();
