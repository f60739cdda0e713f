// What goes through the API, for operators: figures of each route, times of each stage of a
// command's way, and a line of the log for each request.
//
// A request is an Exchange from the moment it was read until its answer is written; it notes when
// what happened to it, and tells the Traffic.
//
//   begun ──> received ──> submitted ──> taken ──> decided ──> sealed ──> durable ──> published
//     read      prepare       queue       decide     batch       log         fold        │ wake
//                                                        written <── made <── resumed <──┘
//                                                              write    render
//
// What submits nothing goes from received to made: `handle`.
//
// Figures of a route are counted when its answer is made, before the client can have it. The lines
// are written when it was taken.
//
// Threads: an Exchange lives on one I/O thread, and figures are written by their thread alone, so
// nobody waits; figures() from any. Limits: as many series as the table has rows, and one for what
// no row answers; reasons are those of `reject_reasons`.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "engine/sequencer/histogram.h"
#include "engine/sequencer/submission.h"
#include "http/api/access_line.h"
#include "http/api/endpoint.h"
#include "http/api/operations.h"
#include "http/api/rate_gate.h"
#include "http/api/trace_context.h"
#include "http/server/message.h"

namespace boxoffice::http::api {

/// Why requests are turned away (Response::reason): codes of problems, and what there was too much
/// of. Other errors are the client's; what never became a request is the Server's to count.
inline constexpr std::array<std::string_view, 11> reject_reasons{"rate_limited",
                                                                 "queue_full",
                                                                 "passwords_busy",
                                                                 "readers_busy",
                                                                 "too_many_streams",
                                                                 "disk_full",
                                                                 "read_model_behind",
                                                                 "read_model_stopped",
                                                                 "history_too_long",
                                                                 "outcome_unknown",
                                                                 "busy"};

enum class Stage : std::uint8_t {
  read,     ///< from its first byte to its last: the client's time
  prepare,  ///< until it was submitted: let in, decoded, password hashed
  queue,    ///< until the sequencer took it
  decide,   ///< until it and those beside it were decided
  batch,    ///< until the log took its frame: the one before was still being synced
  log,      ///< until it was on disk
  fold,     ///< until the read models had it
  wake,     ///< until its I/O thread went on with it
  render,   ///< until the answer was made
  handle,   ///< of what submits nothing: from its last byte until the answer was made
  write,    ///< until the system had taken the answer for the client
};
BOOST_DESCRIBE_ENUM(Stage, read, prepare, queue, decide, batch, log, fold, wake, render, handle,
                    write)
inline constexpr std::size_t stages = 11;

/// In microseconds: 50 us to 10 s.
inline constexpr std::array<std::int64_t, 17> request_bounds_us{
    50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

/// What each stage took; none: it did not come to that.
using StageTimes = std::array<std::optional<std::chrono::microseconds>, stages>;

class Traffic;

class Exchange final : public AnswerWatch {
 public:
  using Time = Request::Time;

  Exchange(Traffic& traffic, const Request& request, std::size_t route);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // What is known of it, as it becomes known.
  std::string request_id{};
  std::optional<TraceContext> caller_trace{};
  TraceContext trace{};  ///< our own step of it, or of one that we began
  IpAddress address{};
  std::string forwarded_for{};  ///< the address, when it is not the peer's own
  bool rate_is_free = false;
  std::optional<UserId> user{};
  RateStanding rate{};

  Time received() const { return received_; }
  void submitted(Time time);
  /// The engine's answer is here.
  void resumed(const engine::CommandTimes& times);
  /// The answer is, and goes to the server next.
  void made(const Response& response);
  void ended(const AnswerEnd& end) override;

 private:
  friend class Traffic;

  void tell(const AnswerEnd& end);
  StageTimes stage_times(Time written) const;
  void warn(const AccessRecord& record, Time written) const;

  Traffic& traffic_;
  const std::size_t io_thread_;
  const std::size_t route_;
  std::string method_;
  std::string path_;
  std::string query_;
  bool is_stream_ = false;
  bool told_ = false;
  std::string_view reason_;

  const Time begun_;
  const Time received_;
  Time submitted_{};  // not set: it submitted nothing
  engine::CommandTimes times_{};
  Time resumed_{};
  Time made_{};
};

class Traffic {
 public:
  struct Options {
    bool access_log = false;
    std::chrono::milliseconds slow{};  ///< requests that take as long get a warning; 0: none do
    LineStyle style = LineStyle::json;
    /// Takes whole lines; must not block. Threads: any.
    std::function<void(std::string_view lines)> lines = [](std::string_view) {};
    /// Lines that it did not take.
    std::function<std::uint64_t()> lines_dropped = [] { return std::uint64_t{0}; };
  };

  /// `endpoints` outlives it.
  Traffic(const std::vector<Endpoint>& endpoints, std::size_t io_threads, Options options);

  /// `endpoint`: of the table; null: none. REQUIRES: on the request's I/O thread.
  std::shared_ptr<Exchange> begin(const Request& request, const Endpoint* endpoint);
  /// Watches the answer to what never became a request.
  std::shared_ptr<AnswerWatch> refused(std::string_view detail);

  /// Counts a request that was turned away; none for any other reason.
  void count_reason(std::string_view reason);

  TrafficFigures figures() const;

 private:
  friend class Exchange;
  class RefusedWatch;

  struct RouteCounts {
    std::atomic<std::uint64_t> begun{0};
    std::atomic<std::uint64_t> over{0};
    std::array<std::atomic<std::uint64_t>, 6> answers{};  // by the first digit of their status
    engine::Histogram duration_us{request_bounds_us};
  };
  struct StageCounts {
    engine::Histogram time_us{request_bounds_us};
  };
  // Of one I/O thread.
  struct Counts {
    explicit Counts(std::size_t routes) : by_route(routes) {}
    std::vector<RouteCounts> by_route;
    std::vector<StageCounts> by_stage{stages};
  };

  bool wants_lines() const { return options_.access_log || options_.slow.count() > 0; }
  std::string_view route_name(std::size_t route) const;
  void write(const AccessRecord& record);

  const std::vector<Endpoint>& endpoints_;
  const Options options_;
  std::vector<std::unique_ptr<Counts>> counts_;
  std::array<std::atomic<std::uint64_t>, reject_reasons.size()> rejects_{};
};

}  // namespace boxoffice::http::api
