#include "benchmarks/peers/closed_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::benchmarks::peers {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

/// What a run counts, and until when.
struct Count {
  Clock::time_point start;
  Clock::time_point end;
  Tally tally;

  explicit Count(std::chrono::duration<double> time)
      : start(Clock::now()), end(start + std::chrono::duration_cast<Clock::duration>(time)) {}

  void add(Answer answer, const SeatRequest& request, Clock::time_point asked) {
    const auto now = Clock::now();
    if (answer == Answer::locked) {
      tally.locked.push_back(request);
      tally.locked_in_time += now < end ? 1U : 0U;
    } else {
      ++tally.refused;
    }
    tally.latencies.push_back(seconds_between(asked, now));
  }

  Tally done() {
    tally.seconds = seconds_between(start, std::min(end, Clock::now()));
    return std::move(tally);
  }
};

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
    Count count(time);
    std::size_t in_flight = 0;
    const auto ask_next = [&](std::uint32_t number) {
      const auto now = Clock::now();
      if (now >= count.end || count.tally.sold_out) return;
      if (!plan.next(requests_[number])) {
        count.tally.sold_out = true;
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
        count.add(answer, requests_[number], asked_[number]);
        ask_next(number);
      }
    }
    return count.done();
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
  Count count(time);
  std::mutex mutex;  // of the plan and the count
  const auto client = [&] {
    SeatRequest request;
    while (Clock::now() < count.end) {
      {
        const std::lock_guard guard(mutex);
        if (!plan.next(request)) {
          count.tally.sold_out = true;
          return;
        }
      }
      const auto asked = Clock::now();
      const Answer answer = lock(request);
      const std::lock_guard guard(mutex);
      count.add(answer, request, asked);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i) threads.emplace_back(client);
  for (std::thread& thread : threads) thread.join();
  return count.done();
}

}  // namespace boxoffice::benchmarks::peers
