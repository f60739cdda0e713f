#include "benchmarks/open_load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "benchmarks/http_load.h"

namespace boxoffice::benchmarks {

namespace {

double seconds_of(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

double percentile_of(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

OpenLoad::OpenLoad(std::uint16_t port, std::size_t connections)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), connections_(connections) {
  for (std::uint32_t i = 0; i < connections; ++i) {
    connections_[i].socket = connect_to(port);
    epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
    ENSURE(::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event) == 0,
           "epoll takes sockets");
    free_.push_back(i);
  }
}

OpenLoad::~OpenLoad() {
  for (const Connection& connection : connections_) ::close(connection.socket);
  ::close(epoll_);
}

void OpenLoad::send(std::uint32_t number, Clock::time_point due, std::string_view request) {
  Connection& connection = connections_[number];
  connection.due = due;
  connection.sent = Clock::now();
  send_whole(connection.socket, request);
}

OpenResult OpenLoad::run(double rate, std::chrono::milliseconds time,
                         const std::function<std::string_view()>& next, double calm_s, bool drain) {
  OpenResult result;
  const auto start = Clock::now();
  const auto due_at = [&](std::size_t number) {
    return start + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(number) / rate));
  };
  const auto all = static_cast<std::size_t>(rate * seconds_of(time));
  while (result.due < all) {
    const auto now = Clock::now();
    // A few at a time, so that answers are taken as they come.
    for (int sent = 0; sent < 64 && result.due < all && due_at(result.due) <= now;) {
      const auto due = due_at(result.due);
      if (now - due > lateness_max) {
        ++result.missed;
      } else if (free_.empty()) {
        ++result.given_up;
      } else {
        send(free_.back(), due, next());
        free_.pop_back();
        ++sent;
      }
      ++result.due;
    }
    const bool waits = result.due < all && due_at(result.due) > Clock::now();
    take_answers(waits || free_.empty() ? 1 : 0, result, start, calm_s);
  }
  result.seconds = seconds_of(Clock::now() - start);
  while (drain && free_.size() < connections_.size()) take_answers(100, result, start, calm_s);
  return result;
}

void OpenLoad::take_answers(int timeout_ms, OpenResult& result, Clock::time_point start,
                            double calm_s) {
  std::array<epoll_event, 256> events;
  const int ready =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < ready; ++i) {
    take_answer(events[static_cast<std::size_t>(i)].data.u32, result, start, calm_s);
  }
}

void OpenLoad::take_answer(std::uint32_t number, OpenResult& result, Clock::time_point start,
                           double calm_s) {
  Connection& connection = connections_[number];
  std::array<char, 16'384> block;
  const ssize_t bytes = ::recv(connection.socket, block.data(), block.size(), 0);
  ENSURE(bytes > 0, "the server keeps its connections");
  connection.answer.append(block.data(), static_cast<std::size_t>(bytes));
  const std::size_t size = size_of_answer(connection.answer);
  if (size == 0 || connection.answer.size() < size) return;
  const auto now = Clock::now();
  const bool good = connection.answer.starts_with("HTTP/1.1 200");
  ENSURE(good || connection.answer.starts_with("HTTP/1.1 503"), "200 or 503, nothing else");
  connection.answer.clear();
  free_.push_back(number);
  const double since_due = seconds_of(now - connection.due);
  const bool is_calm = good && since_due < calm_s;
  if (!is_calm) result.slow_until_s = seconds_of(now - start);
  if (!good) {
    ++result.turned_away;
    result.away_s.push_back(seconds_of(now - connection.sent));
    return;
  }
  ++(now - connection.due < patience ? result.good : result.late);
  result.good_s.push_back(since_due);
}

}  // namespace boxoffice::benchmarks
