// An open-loop client: requests come at fixed times, whether those before have been answered or
// not, as people do. So a queue that builds up is seen: latency counts from the time at which a
// request was to come.
//
// One thread, keep-alive connections, one request in flight on each.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::benchmarks {

/// What became of the requests of a stretch of time.
struct OpenResult {
  double seconds = 0;
  std::size_t due = 0;          ///< that were to come
  std::size_t good = 0;         ///< answered 200 within `patience`
  std::size_t late = 0;         ///< answered 200 after that
  std::size_t turned_away = 0;  ///< answered 503
  std::size_t given_up = 0;     ///< no connection was free: so many already wait
  std::size_t missed = 0;       ///< the client itself was too late to send them, or to look
  std::vector<double> good_s;   ///< latency of those answered 200, from when they were due
  std::vector<double> away_s;   ///< of those answered 503, from when they were sent
  /// From the beginning until the last of a run of answers that were slower than `calm_s`.
  double slow_until_s = 0;
};

double percentile_of(std::vector<double> values, double share);

class OpenLoad {
 public:
  OpenLoad(std::uint16_t port, std::size_t connections);
  ~OpenLoad();
  OpenLoad(const OpenLoad&) = delete;
  OpenLoad& operator=(const OpenLoad&) = delete;

  static constexpr std::chrono::milliseconds patience{1'000};
  /// A client that is kept from its processor would else be seen as a slow server.
  static constexpr std::chrono::milliseconds lateness_max{10};

  /// Sends what `next` gives, `rate` a second, for so long; then, if `drain`, waits for the answers
  /// that are still due. Otherwise those belong to the next run.
  OpenResult run(double rate, std::chrono::milliseconds time,
                 const std::function<std::string_view()>& next, double calm_s, bool drain);

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    int socket = -1;
    Clock::time_point due{};
    Clock::time_point sent{};
    std::string answer{};
  };

  void send(std::uint32_t number, Clock::time_point due, std::string_view request);
  void take_answers(int timeout_ms, OpenResult& result, Clock::time_point start, double calm_s);
  void take_answer(std::uint32_t number, OpenResult& result, Clock::time_point start,
                   double calm_s);

  int epoll_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> free_;
};

}  // namespace boxoffice::benchmarks
