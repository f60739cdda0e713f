// The HTTP/1.1 server: bytes in, Requests out; Responses in, bytes out.
//
// One io_context per I/O thread; a connection stays on its thread, so a handler that runs on it
// needs no locks. Requests of one connection are answered in order (pipelining). The framing guard
// refuses every request that two parsers could read differently.
//
// Threads: start() and stop() from one thread; handlers run on I/O threads.
// Limits: see ServerLimits; every one is enforced before memory is spent.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "http/server/message.h"
#include "http/server/task.h"

namespace boxoffice::http {

/// A thread that serves connections. Work that belongs to its connections is posted to it.
class IoThread {
 public:
  virtual ~IoThread() = default;
  /// Number of this thread, 0 .. io_threads-1.
  virtual std::size_t index() const = 0;
  /// Runs `work` on this thread, soon. May be called from any thread. Wakes the thread once.
  virtual void post(std::function<void()> work) = 0;
  /// Runs `work` on this thread after `delay`, unless the server stops first; then at once.
  virtual void post_after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
};

/// Memory: an idle connection takes about 6 KB of the process. What it keeps beyond kept_bytes_free
/// (its header, its body, an answer that is not taken) counts against kept_bytes_max, so that all
/// of them together take at most connections_max * (kept_bytes_free + 4 KB) + kept_bytes_max,
/// 640 MB by default. Beyond it large requests and large answers to reads are refused; an answer
/// to a command is not, nor does one count that several connections share.
struct ServerLimits {
  std::size_t header_bytes_max = 16 * 1024;          ///< request line and fields: beyond it 431
  std::size_t header_fields_max = 100;               ///< beyond it 431
  std::size_t body_bytes_max = 256 * 1024;           ///< decoded body: beyond it 413
  std::size_t target_bytes_max = 8 * 1024;           ///< beyond it 414
  std::size_t connections_max = 16 * 1024;           ///< beyond it new ones get 503 and are closed
  std::size_t connections_per_address_max = 0;       ///< the same for one client; 0: no bound
  bool loopback_limited = true;                      ///< whether that holds for this machine too
  std::vector<IpNetwork> proxies{};                  ///< ours, each for many clients: no such bound
  std::size_t kept_bytes_free = 20 * 1024;           ///< of requests and answers, a connection
  std::size_t kept_bytes_max = 256 * 1024 * 1024;    ///< beyond the free ones, all; then 503
  std::size_t streams_max = 12 * 1024;               ///< open answers that go on: beyond it 503
  std::chrono::milliseconds header_time{5'000};      ///< from a request's first byte, absolute
  std::chrono::milliseconds body_time{10'000};       ///< from the end of its header, absolute
  std::chrono::milliseconds idle_time{60'000};       ///< between requests
  std::chrono::milliseconds write_time{10'000};      ///< for an answer to be taken, by 16 KB/s
  std::chrono::milliseconds heartbeat_time{15'000};  ///< of silence in a stream, then a heartbeat
};

/// Why somebody was turned away, by the name that operators see.
BOOST_DEFINE_FIXED_ENUM_CLASS(RejectReason, std::uint8_t, framing, header_too_large, body_too_large,
                              header_timeout, body_timeout, memory_limit, connection_limit,
                              address_limit, slow_reader)
inline constexpr std::size_t reject_reason_count =
    boost::mp11::mp_size<boost::describe::describe_enumerators<RejectReason>>::value;

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< address or name to bind
  std::uint16_t port = 8000;       ///< 0: any free port
  std::size_t io_threads = 1;
  ServerLimits limits{};
};

/// Answers a request, which outlives the task. Runs on `request.io`'s thread and resumes there. An
/// exception that escapes is answered 500 and logged; it never ends the process.
using Handler = std::function<Task<Response>(const Request&)>;

/// Makes the answer for a request that never became a Request (framing refused, too large, too
/// slow, server full): gives the API its say over the error's shape.
using ErrorResponder = std::function<Response(int status, std::string_view detail)>;

/// Receives one line per incident worth a log entry.
using ServerLog = std::function<void(std::string_view line)>;

class Server {
 public:
  Server();
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and listens. Faults: `locked` when the port is in use, `invalid` for a bad address, `io`
  /// otherwise.
  Result<void> listen(const ServerOptions& options);
  /// The bound port. REQUIRES: listen() succeeded.
  std::uint16_t port() const;
  /// The I/O threads, which exist (not yet running) after listen().
  std::size_t io_thread_count() const;
  IoThread& io_thread(std::size_t index);
  /// Starts serving. REQUIRES: listen() succeeded; called once.
  void start(Handler handler, ErrorResponder error_responder, ServerLog log);

  /// Stops accepting, closes idle connections, lets requests in flight finish (each is answered
  /// with `Connection: close`) for at most `grace`, then closes what is left and joins the threads.
  /// Handlers that still wait after that are destroyed where they are suspended, on the calling
  /// thread; a later IoThread::post is harmless and runs nothing, as long as the Server lives.
  void stop(std::chrono::milliseconds grace);

  struct Counters {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_total = 0;
    std::uint64_t requests_total = 0;
    std::uint64_t rejected_total = 0;                           ///< framing, limits, time: all of
    std::array<std::uint64_t, reject_reason_count> rejected{};  ///< by RejectReason
    std::uint64_t kept_bytes = 0;  ///< as of ServerLimits::kept_bytes_max
    std::uint64_t streams_open = 0;
    std::array<std::uint64_t, 6> answers_total{};  ///< by the first digit of their status
  };
  Counters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace boxoffice::http
