// A closed-loop client: N keep-alive connections driven by one thread through epoll, one request in
// flight on each. Raw sockets, so that the client costs as little as it can of the shared machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::benchmarks {

/// A blocking socket, connected.
int connect_to(std::uint16_t port);
void send_whole(int socket, std::string_view request);
/// The size of the whole answer, or 0 while its head is incomplete.
std::size_t size_of_answer(std::string_view answer);

/// The bytes of a GET or POST to `path` as a plain client sends them.
/// `fields`: further header fields, each with its CR LF.
std::string get_request(std::string_view path, std::string_view fields = {});
std::string post_request(std::string_view path, std::string_view json);

class HttpLoad {
 public:
  /// Connects to 127.0.0.1:`port`.
  HttpLoad(std::uint16_t port, std::size_t connections);
  ~HttpLoad();
  HttpLoad(const HttpLoad&) = delete;
  HttpLoad& operator=(const HttpLoad&) = delete;

  /// Seconds for `requests` requests over all connections; `next` makes each one. Every answer must
  /// be a 200 whose body starts with `expected`.
  double run(std::size_t requests, const std::function<std::string_view()>& next,
             std::string_view expected);

  /// Seconds that such a share of the answers of the last run() took at most: 0.99 for the slowest
  /// hundredth.
  double percentile(double share);

 private:
  using Clock = std::chrono::steady_clock;

  void ask(std::uint32_t number, std::string_view request);
  bool take_answer(std::uint32_t number, std::string_view expected);

  int epoll_;
  std::vector<int> sockets_;
  std::vector<std::string> answers_;      // what has come of the answer under way, per connection
  std::vector<Clock::time_point> asked_;  // per connection
  std::vector<double> latencies_;         // of the last run, in seconds
};

}  // namespace boxoffice::benchmarks
