#include "benchmarks/peers/closed_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "base/ensure.h"

namespace boxoffice::benchmarks::peers {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void count(Tally& tally, Answer answer, const SeatRequest& request, double latency) {
  if (answer == Answer::locked) {
    tally.locked.push_back(request);
  } else {
    ++tally.refused;
  }
  tally.latencies.push_back(latency);
}

class EpollLoop {
 public:
  explicit EpollLoop(std::vector<std::unique_ptr<Connection>>& connections)
      : connections_(connections),
        requests_(connections.size()),
        asked_(connections.size()),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::uint32_t i = 0; i < connections.size(); ++i) {
      epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
      ENSURE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections[i]->socket(), &event) == 0,
             "epoll takes sockets");
    }
  }
  ~EpollLoop() { ::close(epoll_); }
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;

  Tally run(SeatPlan& plan, std::chrono::duration<double> time) {
    const auto start = Clock::now();
    const auto end = start + std::chrono::duration_cast<Clock::duration>(time);
    Tally tally;
    std::size_t in_flight = 0;
    const auto ask_next = [&](std::uint32_t number) {
      const auto now = Clock::now();
      if (now >= end || tally.sold_out) return;
      if (!plan.next(requests_[number])) {
        tally.sold_out = true;
        return;
      }
      asked_[number] = now;
      connections_[number]->ask(requests_[number]);
      ++in_flight;
    };
    for (std::uint32_t i = 0; i < connections_.size(); ++i) ask_next(i);
    std::array<epoll_event, 256> events;
    while (in_flight > 0) {
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; ++i) {
        const std::uint32_t number = events[static_cast<std::size_t>(i)].data.u32;
        const Answer answer = connections_[number]->take();
        if (answer == Answer::pending) continue;
        --in_flight;
        count(tally, answer, requests_[number], seconds_since(asked_[number]));
        ask_next(number);
      }
    }
    tally.seconds = seconds_since(start);
    return tally;
  }

 private:
  std::vector<std::unique_ptr<Connection>>& connections_;
  std::vector<SeatRequest> requests_;     // per connection
  std::vector<Clock::time_point> asked_;  // per connection
  int epoll_;
};

}  // namespace

Tally run_connections(std::vector<std::unique_ptr<Connection>>& connections, SeatPlan& plan,
                      std::chrono::duration<double> time) {
  return EpollLoop(connections).run(plan, time);
}

Tally run_threads(std::size_t clients, const std::function<Answer(const SeatRequest&)>& lock,
                  SeatPlan& plan, std::chrono::duration<double> time) {
  Tally tally;
  std::mutex mutex;  // of the plan and the tally
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(time);
  const auto client = [&] {
    SeatRequest request;
    while (Clock::now() < end) {
      {
        const std::lock_guard guard(mutex);
        if (!plan.next(request)) {
          tally.sold_out = true;
          return;
        }
      }
      const auto asked = Clock::now();
      const Answer answer = lock(request);
      const double latency = seconds_since(asked);
      const std::lock_guard guard(mutex);
      count(tally, answer, request, latency);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i) threads.emplace_back(client);
  for (std::thread& thread : threads) thread.join();
  tally.seconds = seconds_since(start);
  return tally;
}

}  // namespace boxoffice::benchmarks::peers
