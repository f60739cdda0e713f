// N clients, each of which waits for its answer before it asks again, and what they were told.
//
// Peers with a socket are all driven by the same loop: one thread, epoll. A thread for each client
// would take the processor from the server that is measured. What runs within the program (SQLite,
// a plain file) has a thread for each client, since it makes its caller wait.
//
// A run ends when its time is over or there are no more seats, and all that was asked is answered.
// The rate is of what was answered in time: the last of it, when fewer and fewer ask, counts for
// nobody.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "benchmarks/peers/seat_plan.h"

namespace boxoffice::benchmarks::peers {

enum class Answer { pending, locked, refused };

/// One client's connection; one request in flight. Anything but a lock or a refusal ends the
/// program: there is nothing to measure then.
class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual int socket() const = 0;
  virtual void ask(const SeatRequest& request) = 0;
  /// Reads what has come. `pending`: there is more to come.
  virtual Answer take() = 0;
};

struct Tally {
  std::vector<SeatRequest> locked;
  std::uint64_t refused = 0;
  std::uint64_t locked_in_time = 0;
  std::vector<double> latencies;  // of locks and refusals, in seconds
  double seconds = 0;             // of the run, without what was answered after its time
  bool sold_out = false;          // there were no more seats before the time was over
};

Tally run_connections(std::vector<std::unique_ptr<Connection>>& connections, SeatPlan& plan,
                      std::chrono::duration<double> time);

/// `lock`: answers when it is done; called by `clients` threads at once.
Tally run_threads(std::size_t clients, const std::function<Answer(const SeatRequest&)>& lock,
                  SeatPlan& plan, std::chrono::duration<double> time);

}  // namespace boxoffice::benchmarks::peers
