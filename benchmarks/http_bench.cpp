// What does our HTTP server cost beside the least that a Beast program does? One I/O thread each, a
// handler that answers /health at once, N connections that each wait for their answer before they
// ask again. Goal: `x_echo` >= 1.2 (our requests/s over the echo's), guard, limits and deadlines
// included.
//
// Rounds against the two alternate within one run, so that both meet the same machine. `x_echo_cpu`
// is the same ratio per second of processor time of the server's thread: it stays true when other
// programs keep the processors busy.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "benchmarks/beast_echo.h"
#include "http/server/server.h"

namespace {

using namespace boxoffice;

/// N keep-alive connections driven by one thread through epoll, one request in flight on each.
class Load {
 public:
  Load(std::uint16_t port, std::size_t connections)
      : epoll_(::epoll_create1(EPOLL_CLOEXEC)), received_(connections, 0) {
    for (std::uint32_t i = 0; i < connections; ++i) {
      sockets_.push_back(connect_to(port));
      epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
      ENSURE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_[i], &event) == 0, "epoll takes sockets");
    }
    answer_size_ = size_of_an_answer();
  }
  ~Load() {
    for (const int socket : sockets_) ::close(socket);
    ::close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Seconds for this many requests, over all connections.
  double run(std::size_t requests) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t asked = 0;
    std::size_t answered = 0;
    for (; asked < std::min(requests, sockets_.size()); ++asked) ask(sockets_[asked]);
    std::array<epoll_event, 256> events;
    while (answered < requests) {
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        const std::uint32_t number = events[static_cast<std::size_t>(i)].data.u32;
        received_[number] += read_from(sockets_[number]);
        if (received_[number] < answer_size_) continue;
        received_[number] = 0;
        ++answered;
        if (asked < requests) {
          ++asked;
          ask(sockets_[number]);
        }
      }
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  static int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ENSURE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
           "the server listens");
    return fd;
  }

  static void ask(int socket) {
    constexpr std::string_view request =
        "GET /health HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
    ENSURE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(request.size()),
           "an idle connection takes a request whole");
  }

  static std::size_t read_from(int socket) {
    std::array<char, 4096> block;
    const ssize_t bytes = ::recv(socket, block.data(), block.size(), 0);
    ENSURE(bytes > 0, "the server keeps its connections");
    return static_cast<std::size_t>(bytes);
  }

  /// All answers of a server have one size here; the first one tells it.
  std::size_t size_of_an_answer() {
    ask(sockets_.front());
    std::array<char, 4096> block;
    std::string answer;
    while (!answer.ends_with("}")) {
      const ssize_t bytes = ::recv(sockets_.front(), block.data(), block.size(), 0);
      ENSURE(bytes > 0, "the server answers");
      answer.append(block.data(), static_cast<std::size_t>(bytes));
    }
    ENSURE(answer.starts_with("HTTP/1.1 200"), "the server answers 200");
    return answer.size();
  }

  int epoll_;
  std::vector<int> sockets_;
  std::vector<std::size_t> received_;  // bytes of the answer under way, per connection
  std::size_t answer_size_ = 0;
};

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

  void add_round(Load& load, std::size_t requests) {
    const double cpu_before = server_cpu_seconds();
    seconds += load.run(requests);
    cpu_seconds += server_cpu_seconds() - cpu_before;
  }
};

http::Task<http::Response> health(http::Request) {
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
  Load ours(server.port(), connections);
  Load theirs(echo.port(), connections);

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
