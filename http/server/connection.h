// Connection: one client's socket, from accept to close.
//
//              first byte        head complete        body complete
//   ┌─> idle ───────────> header ─────────────> body ───────────────> handling ──┐
//   │                                                                            │
//   └───────────────────── answered, kept alive ─────────────────────────────────┤
//                                                                                │
//   closed <── lingering <── answered with `Connection: close`, or refused ──────┤
//                 ^                                                              │
//                 └── the stream ended, or the server stops <─── streaming <─────┘
//
// The coroutine serve() is the whole life of a connection: it parses what is buffered, lets the
// handler answer, and reads only when nothing is left to do. Answers to pipelined requests gather
// in one buffer, which is written before the coroutine waits for anything.
//
// An answer with a stream is the connection's last. While it has nothing to write the coroutine
// reads, only to notice that the client has left: what a client says then is not heard.
//
// Invariants: one request is handled at a time, so answers keep the order of their requests. While
// a handler runs nothing is read: what a client sends ahead waits in the kernel.
// Limits: what all connections keep, ServerLimits::kept_bytes_max.
// Limits: see MessageReader and ServerLimits.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/io_loop.h"
#include "http/server/message_reader.h"
#include "http/server/server.h"
#include "http/server/stream.h"
#include "http/server/task.h"

namespace boxoffice::http {

/// How an operation on a socket ended.
struct IoResult {
  boost::system::error_code error;
  std::size_t bytes = 0;
};

/// Serves a connection until it closes; owns it.
Detached serve(std::unique_ptr<Connection> owned);

class Connection : public ConnectionHook {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  /// Takes over an accepted socket, and the place of `admission`, which is not Entry::closed.
  Connection(IoLoop& loop, int native_socket, const IpAddress& peer, const Admission& admission);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Ends the current wait when its deadline has passed; the coroutine then finds out why.
  void cancel_if_late(Time now);
  /// Ends the wait for a next request or for a stream's next piece, when it is that.
  void cancel_if_idle();
  /// Closes the socket; every wait on it ends.
  void close();
  /// Destroys the suspended coroutine, and this with it.
  void abandon() { frame_.destroy(); }

 private:
  friend Detached serve(std::unique_ptr<Connection> owned);

  static constexpr std::size_t copied_body_max = 4 * 1024;  // a larger one stays where it is

  enum class Phase { idle, header, body, handling, writing, streaming, lingering };

  MessageReader::Next next();
  void refuse(Refusal refusal);
  Request take_request();

  bool may_read();
  void received(IoResult result);
  void enter(Phase phase, std::chrono::milliseconds time);
  void enter_reading();
  void count_kept();
  bool may_keep();

  void append(Response response);
  bool lacks_memory_for(const Response& response) const;
  void watch(Response& response, bool streams);
  void tell_watches(bool whole, std::size_t but_last = 0);
  void append_refusal();
  Response internal_error(std::string_view what);
  bool unsent() const { return sent_ < out_.size() + tail_.size(); }
  bool write_now();
  void earn_time(std::size_t bytes_taken);
  Task<bool> write_rest();
  bool gathers_more() const;
  void begin_stream();
  void drop_stream();
  void wake_stream();
  void append_pieces();
  Task<bool> send_stream();
  Task<bool> linger(std::chrono::milliseconds time);

  IoLoop& loop_;
  const ServerLimits& limits_;
  Socket socket_;
  const IpAddress peer_;
  const std::string peer_address_;  // as text
  const Admission admission_;
  std::coroutine_handle<> frame_;

  Phase phase_ = Phase::idle;
  Time deadline_ = Time::max();
  bool open_ = true;  // false: no further request is read

  MessageReader reader_;
  std::size_t request_bytes_ = 0;  // kept by a request that a handler has
  std::size_t kept_bytes_ = 0;     // of this connection, in Service::kept_bytes
  bool to_head_ = false;           // the request being answered: was HEAD
  bool is_read_ = false;           //   was GET
  bool keep_alive_ = true;         //   wants the connection kept
  bool http_10_ = false;           //   speaks HTTP/1.0

  std::string out_;        // answers not yet written, then
  std::string_view tail_;  // a large body, kept alive by
  Response tail_owner_;
  std::size_t sent_ = 0;  // bytes of out_ and tail_ that are written

  std::shared_ptr<Stream> stream_;  // the body of the answer that is being written
  bool chunk_open_ = false;         // its last chunk's CR LF is not in out_ yet

  struct Watched {
    std::shared_ptr<AnswerWatch> watch;
    AnswerEnd end;
  };
  std::vector<Watched> watched_;  // who waits for the answers in out_ to be written
  Time begun_{};                  // the first bytes of the next request came, or before
  Time read_at_{};                // the last bytes came
};

}  // namespace boxoffice::http
