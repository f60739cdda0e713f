// Locks seats of one peer as fast as it can for some seconds, with N clients, and prints what came
// of it as one JSON object. benchmarks/peers/run.py starts the servers, and checks the locks.
//
//   peer_client http|echo|postgresql|redis|sqlite|raw ADDRESS [options]
//   peer_client serve-beast|serve-epoll
//
// ADDRESS: a port (http, echo), what libpq takes, a port or a socket (redis), a file (sqlite, raw).
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ensure.h"
#include "benchmarks/beast_echo.h"
#include "benchmarks/peers/peers.h"

namespace {

using namespace boxoffice::benchmarks;
using namespace boxoffice::benchmarks::peers;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::string peer{};
  std::string address{};
  std::size_t clients = 64;
  Seconds warm{0.5};
  Seconds time{3};
  std::string halls{};  // show:first_seat:seats,...
  Order order = Order::spread;
  std::string owners = "o";
  std::string locked{};     // a file for what was acknowledged: show, seats, owner a line
  std::size_t bytes = 240;  // of one lock, for `raw`
};

[[noreturn]] void refuse(const std::string& why) {
  std::cerr << "peer_client: " << why << '\n';
  std::exit(2);
}

Order order_of(const std::string& name) {
  if (name == "spread") return Order::spread;
  if (name == "one-show") return Order::one_show;
  if (name == "overlap") return Order::overlap;
  refuse("--order is spread, one-show or overlap");
}

Options options_of(int count, char** words) {
  if (count < 3) refuse("a peer and its address are needed");
  Options options;
  options.peer = words[1];
  options.address = words[2];
  std::map<std::string, std::string> given;
  for (int i = 3; i + 1 < count; i += 2) given[words[i]] = words[i + 1];
  for (const auto& [name, value] : given) {
    if (name == "--clients") {
      options.clients = std::stoul(value);
    } else if (name == "--warm-seconds") {
      options.warm = Seconds(std::stod(value));
    } else if (name == "--seconds") {
      options.time = Seconds(std::stod(value));
    } else if (name == "--halls") {
      options.halls = value;
    } else if (name == "--order") {
      options.order = order_of(value);
    } else if (name == "--owners") {
      options.owners = value;
    } else if (name == "--locked") {
      options.locked = value;
    } else if (name == "--bytes") {
      options.bytes = std::stoul(value);
    } else {
      refuse("there is no option " + name);
    }
  }
  return options;
}

std::unique_ptr<Connection> connect(const Options& options) {
  const std::string& peer = options.peer;
  if (peer == "http" || peer == "echo") {
    const auto port = static_cast<std::uint16_t>(std::stoul(options.address));
    return connect_http(port, peer == "http" ? R"({"success":true)" : R"({"status":"healthy")");
  }
  if (peer == "postgresql" && has_postgresql) return connect_postgresql(options.address);
  if (peer == "redis" && has_redis) return connect_redis(options.address);
  refuse("there is no " + peer + " in this build");
}

/// First for as long as it takes to warm up, then what counts. `answers`: to both.
Tally measured(const Options& options, SeatPlan& plan, std::uint64_t& answers) {
  std::function<Tally(Seconds)> run;
  std::vector<std::unique_ptr<Connection>> connections;
  std::unique_ptr<Sqlite> sqlite;
  if (options.peer == "sqlite") {
    sqlite = std::make_unique<Sqlite>(options.address);
    run = [&](Seconds time) {
      return run_threads(
          options.clients, [&](const SeatRequest& request) { return sqlite->lock(request); }, plan,
          time);
    };
  } else {
    while (connections.size() < options.clients) connections.push_back(connect(options));
    run = [&](Seconds time) { return run_connections(connections, plan, time); };
  }
  Tally warm = run(options.warm);
  Tally tally = run(options.time);
  std::ofstream file;
  if (!options.locked.empty()) file.open(options.locked);
  for (const Tally* part : {&warm, &tally}) {
    answers += part->latencies.size();
    for (const SeatRequest& lock : part->locked) {
      file << fmt::format("{} {} {} {} {}\n", lock.show, lock.seats[0], lock.seats[1],
                          lock.seats[2], lock.owner);
    }
  }
  return tally;
}

/// One writer; a write is for `clients` locks at once.
Tally measured_raw(const Options& options) {
  RawFile file(options.address, options.bytes * options.clients);
  std::vector<Hall> hall = {{.show = 1, .first_seat = 1, .seats = 300'000'000}};
  SeatPlan plan(hall, Order::one_show, "");
  Tally tally = run_threads(
      1,
      [&](const SeatRequest&) {
        file.append();
        return Answer::locked;
      },
      plan, options.time);
  tally.locked_in_time *= options.clients;
  return tally;
}

void print(Tally& tally, std::uint64_t answers) {
  std::sort(tally.latencies.begin(), tally.latencies.end());
  const auto percentile_ms = [&](double share) {
    if (tally.latencies.empty()) return 0.0;
    const auto last = static_cast<double>(tally.latencies.size() - 1);
    return 1e3 * tally.latencies[static_cast<std::size_t>(share * last)];
  };
  rusage used{};
  ENSURE(::getrusage(RUSAGE_SELF, &used) == 0, "Linux counts processor time");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  std::cout << fmt::format(
      R"({{"locks": {}, "refused": {}, "seconds": {:.6f}, "locks_per_s": {:.1f}, )"
      R"("p50_ms": {:.4f}, "p99_ms": {:.4f}, "sold_out": {}, "answers": {}, )"
      R"("client_cpu_s": {:.3f}}})"
      "\n",
      tally.locked.size(), tally.refused, tally.seconds,
      static_cast<double>(tally.locked_in_time) / tally.seconds, percentile_ms(0.5),
      percentile_ms(0.99), tally.sold_out, answers,
      seconds(used.ru_utime) + seconds(used.ru_stime));
}

}  // namespace

int main(int count, char** words) {
  const std::string first = count > 1 ? words[1] : "";
  if (first == "has") {  // which peers this build knows
    std::cout << "sqlite" << (has_postgresql ? " postgresql" : "") << (has_redis ? " redis" : "")
              << '\n';
    return 0;
  }
  if (first == "serve-epoll") serve_with_epoll();
  if (first == "serve-beast") {
    const BeastEcho echo;
    std::cout << "listening on " << echo.port() << std::endl;
    while (true) ::pause();
  }
  const Options options = options_of(count, words);
  Tally tally;
  std::uint64_t answers = 0;
  if (options.peer == "raw") {
    tally = measured_raw(options);
    answers = options.clients * tally.latencies.size();
  } else {
    SeatPlan plan(halls_of(options.halls), options.order, options.owners);
    tally = measured(options, plan, answers);
  }
  print(tally, answers);
  return 0;
}
