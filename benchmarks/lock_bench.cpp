// What does a durable command cost beside a trivial one? The whole program in one process, as
// `boxoffice serve` puts it together, on a log in the current directory (BENCH_DIRECTORY for
// another): `POST /api/seats/lock` of three seats against the same server's `/health`, N
// connections that each wait for their answer. Goals: `x_health` >= 0.7 at 64 connections, where
// one sync bounds it, and >= 0.95 at 256.
//
// `beside_a_rebuild`: the slowest hundredth of such locks while the seat map is made anew, time and
// again, from a log of 400,000 locks, beside the same without. Goal: `x_alone` at most 2.
//
// `seats_beside_health`: the cached map of a hall of 100 seats, 11 KB, beside /health. Goal:
// `x_health` at least 0.9.
//
// Rounds of the two alternate within one run, so that both meet the same machine.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/background.h"
#include "base/ensure.h"
#include "benchmarks/http_load.h"
#include "tools/front_door.h"
#include "tools/house.h"
#include "tools/rebuild.h"

namespace {

using namespace boxoffice;
namespace domain = engine::domain;

constexpr std::uint32_t seats_per_lock = 3;

tools::config::Config config_in(const std::filesystem::path& directory) {
  const std::map<std::string, std::string> given{{"port", "0"},
                                                 {"database-url", "rocksdb:" + directory.string()}};
  auto config = tools::config::load_config(
      given, [](const std::string&) { return std::nullopt; }, directory / "no.env");
  ENSURE(config.has_value(), "the defaults are accepted");
  return std::move(config).value();
}

/// A running program in a directory of its own, which is removed afterwards.
class Cinema {
 public:
  Cinema() {
    const char* parent = std::getenv("BENCH_DIRECTORY");
    directory_ = std::filesystem::path(parent != nullptr ? parent : ".") / "lock_bench_data";
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    const auto config = config_in(directory_);
    auto front_door = tools::FrontDoor::bind(config);
    ENSURE(front_door.has_value(), "a free port is found");
    front_door_ = std::move(front_door).value();
    auto house = tools::House::open(config);
    ENSURE(house.has_value(), "an empty directory is opened");
    front_door_->open(std::move(house).value());
    call(domain::CreateMovie{{.title = "Long",
                              .description = {},
                              .duration_min = 90,
                              .genre = "Drama",
                              .rating = "PG",
                              .poster_url = {},
                              .release_date = {}}});
    call(domain::CreateTheatre{
        {.name = "Big", .city = "X", .address = "", .total_seats = hall_seats, .layout = {}}});
  }
  ~Cinema() {
    front_door_->close();
    front_door_.reset();
    std::filesystem::remove_all(directory_);
  }
  Cinema(const Cinema&) = delete;
  Cinema& operator=(const Cinema&) = delete;

  std::uint16_t port() const { return front_door_->port(); }

  /// Locks the next three free seats, for a new session; a new show when the last one is full.
  std::string_view next_lock() {
    if (next_seat_ + seats_per_lock > end_seat_) {
      const events::ShowCreated show = show_in(TheatreId(1));
      show_ = show.show_id.value;
      next_seat_ = show.first_seat.value;
      end_seat_ = next_seat_ + hall_seats;
    }
    const auto seat = next_seat_;
    next_seat_ += seats_per_lock;
    request_ = benchmarks::post_request(
        "/api/seats/lock",
        fmt::format(R"({{"show_id": {}, "seat_ids": [{}, {}, {}], "user_session": "s{}"}})", show_,
                    seat, seat + 1, seat + 2, seat));
    return request_;
  }

  ShowId show_of_seats(std::int32_t seats) {
    const auto reply = call(domain::CreateTheatre{
        {.name = "Small", .city = "X", .address = "", .total_seats = seats, .layout = {}}});
    const auto& theatre = std::get<events::TheatreCreated>(reply.events().front().body);
    return show_in(theatre.theatre_id).show_id;
  }

  /// Makes the seat map anew until `stop` is set; how many.
  std::size_t rebuild_until(const std::atomic<bool>& stop) {
    become_background();  // as in a server
    std::size_t made = 0;
    while (!stop) {
      tools::RebuildReport report;
      const auto done = tools::rebuild(
          front_door_->house().rebuild_site(), "seat_map", tools::RebuildMode::replace,
          [&](Position) -> Result<void> {
            if (stop) return fault(FaultKind::unavailable, "enough");
            return success();
          },
          report);
      if (stop) return made;
      ENSURE(done.has_value(), "a read model can be made anew");
      ++made;
    }
    return made;
  }

  std::uint64_t frames() const { return front_door_->house().engine().counters().frames; }

 private:
  static constexpr std::int32_t hall_seats = 18'000;

  events::ShowCreated show_in(TheatreId theatre) {
    const auto reply = call(domain::CreateShow{.movie_id = MovieId(1),
                                               .theatre_id = theatre,
                                               .show_date = {},
                                               .show_time = {},
                                               .price = Money{1000}});
    return std::get<events::ShowCreated>(reply.events().front().body);
  }

  engine::Reply call(domain::Command command) {
    auto reply = front_door_->house().call(std::move(command));
    ENSURE(reply.has_value(), "the engine takes commands");
    return std::move(reply).value();
  }

  std::filesystem::path directory_;
  std::unique_ptr<tools::FrontDoor> front_door_;
  std::uint32_t show_ = 0;
  std::uint32_t next_seat_ = 0;
  std::uint32_t end_seat_ = 0;
  std::string request_;
};

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
  Cinema cinema;
  const std::string seats =
      benchmarks::get_request(fmt::format("/api/shows/{}/seats", cinema.show_of_seats(100).value));
  benchmarks::HttpLoad load(cinema.port(), static_cast<std::size_t>(state.range(0)));
  run_beside_health(
      state, load, 20'000, "seat_maps/s", [&] { return std::string_view(seats); },
      "[{\"seat_number\"");
}

BENCHMARK(seats_beside_health)
    ->ArgName("connections")
    ->Arg(1)
    ->Arg(64)
    ->Arg(256)
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
