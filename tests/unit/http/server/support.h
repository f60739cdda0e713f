// A server on a free port and raw sockets that talk to it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/server.h"

namespace boxoffice::http::test {

/// Answers 200 with a description of the request: "METHOD path?query body".
Task<Response> describe(Request request);

/// Starts on construction, stops on destruction.
class RunningServer {
 public:
  explicit RunningServer(Handler handler = describe, ServerLimits limits = {},
                         std::size_t io_threads = 1);
  ~RunningServer() { server.stop(std::chrono::seconds(10)); }

  std::uint16_t port() const { return server.port(); }
  /// Waits until every byte that was sent before this call has been read, by a round trip on a
  /// connection of its own. REQUIRES: one I/O thread, and `describe`-like handling of GET /settle.
  void settle();
  /// Waits until exactly this many connections are open.
  void await_open(std::uint64_t count) const;
  std::vector<std::string> log_lines() const;

  Server server;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> log_;
};

struct Answer {
  int status = 0;  ///< 0: the connection ended instead
  std::string head;
  std::string body;

  /// The field's value; "" when absent.
  std::string field(std::string_view name) const;
};

/// A blocking socket. Waits are bounded only against a hanging test, by half a minute.
class Client {
 public:
  explicit Client(std::uint16_t port);
  /// With a receive buffer of about this size.
  Client(std::uint16_t port, int receive_buffer);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False when the server has closed before it took all.
  bool send(std::string_view bytes);
  void send_byte_by_byte(std::string_view bytes);
  /// One answer; `to_head`: without a body.
  Answer read_answer(bool to_head = false);
  /// True when the server ends the connection next, cleanly and without more bytes.
  bool read_end();
  /// Everything up to and with the first `end`; "" when the connection ends before.
  std::string read_until(std::string_view end);
  /// Everything up to the end of the connection.
  std::string read_all();
  /// Whether something can be read now, without waiting.
  bool has_input() const;
  void shut_down_sending();
  void close();

 private:
  bool read_more();

  int socket_ = -1;
  std::string buffered_;
  bool reset_ = false;
};

/// "GET path HTTP/1.1" with a Host.
std::string get(std::string_view path);
/// "POST path HTTP/1.1" with a Host and a Content-Length.
std::string post(std::string_view path, std::string_view body);

}  // namespace boxoffice::http::test
