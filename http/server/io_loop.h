// IoLoop: one I/O thread's event loop, its connections, its mailbox and its clock.
//
// A connection lives on one loop from accept to close, so neither it nor a handler that runs for it
// takes a lock. What comes from other threads comes through the mailbox: many posts, one wake-up.
// Deadlines are not timers: a sweep every quarter of a second walks the connections and cancels the
// wait of each that is past its own.
//
// Threads: post(), post_after() from any; the rest on the loop's own thread, or while it does not
// run. Limits: a deadline is noticed at most one sweep late.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/connection_counts.h"
#include "http/server/server.h"

namespace boxoffice::http {

class Connection;
using ConnectionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// What all connections of a server share. Set before the loops run, then constant, but for the
/// counts.
struct Service {
  ServerLimits limits;
  Handler handler;
  ErrorResponder error_responder;
  ServerLog log;

  ConnectionCounts connections;
  std::atomic<std::uint64_t> connections_total{0};
  std::atomic<std::uint64_t> kept_bytes{0};  ///< as of ServerLimits::kept_bytes_max
  std::atomic<std::uint64_t> streams_open{0};
};

class IoLoop final : public IoThread {
 public:
  using Context = boost::asio::io_context;

  IoLoop(std::size_t index, Service& service);
  ~IoLoop() override;
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  std::size_t index() const override { return index_; }
  void post(std::function<void()> work) override;
  void post_after(std::chrono::milliseconds delay, std::function<void()> work) override;

  /// Serves until finish(), then until nothing is left to do.
  void run();
  /// Serves an accepted socket, which it owns from here on.
  void adopt(int native_socket, const IpAddress& peer, const Admission& admission);
  /// Ends idle connections now and the others with their next answer; runs delayed work at once.
  void drain();
  /// Closes every connection, and lets run() return.
  void finish();
  /// Destroys connections whose handlers still wait. REQUIRES: run() has returned.
  void abandon_all();

  bool draining() const { return draining_; }
  Context& context() { return context_; }
  Service& service() { return service_; }
  void link(Connection& connection);
  /// The Date field of this second.
  const std::string& date();

  /// Written here only, read from anywhere.
  struct Counters {
    std::atomic<std::uint64_t> requests{0};
    std::array<std::atomic<std::uint64_t>, reject_reason_count> rejected{};  ///< by RejectReason
    std::array<std::atomic<std::uint64_t>, 6> answers{};  ///< by the first digit of their status
  };
  Counters& counters() { return counters_; }
  void count_reject(RejectReason reason) {
    counters_.rejected.at(static_cast<std::size_t>(reason)).fetch_add(1, std::memory_order_relaxed);
  }
  void count_answer(int status) {
    counters_.answers.at(static_cast<std::size_t>(status / 100))
        .fetch_add(1, std::memory_order_relaxed);
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Connections =
      boost::intrusive::list<Connection, boost::intrusive::base_hook<ConnectionHook>,
                             boost::intrusive::constant_time_size<false>>;

  void run_mailbox();
  void run_guarded(const std::function<void()>& work);
  void delay_until(Time due, std::function<void()> work);
  void wait_for_delayed();
  void run_delayed(bool all);
  void wait_for_sweep();

  const std::size_t index_;
  Service& service_;
  Context context_{1};  // one thread runs it
  boost::asio::executor_work_guard<Context::executor_type> work_{context_.get_executor()};
  boost::asio::steady_timer sweep_{context_};
  boost::asio::steady_timer delay_{context_};
  std::multimap<Time, std::function<void()>> delayed_;
  Connections connections_;
  bool draining_ = false;
  bool finishing_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
  Counters counters_;

  std::mutex mailbox_mutex_;
  std::vector<std::function<void()>> mailbox_;
  std::vector<std::function<void()>> running_;  // the loop's own; trades its memory with mailbox_
};

}  // namespace boxoffice::http
