// Keep-alive connections to one server, many at a time, driven by one thread through epoll: what a
// load generator needs, at as little of the processor as can be, since it often shares the machine
// with the server that it measures.
//
// One request in flight on each. Not http/client: that makes one request and waits.
//
// Threads: one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client/client.h"

struct addrinfo;

namespace boxoffice::tools::bench {

/// A whole answer; its texts are good until the callback returns.
struct ServerAnswer {
  int status = 0;
  std::string_view head{};  ///< with the status line and the empty line
  std::string_view body{};

  /// The value of a header field, as the server writes its name; empty when there is none.
  std::string_view field(std::string_view name) const;
};

class Connections {
 public:
  /// Fault: `unavailable`.
  static Result<std::unique_ptr<Connections>> open(const http::ServerUrl& server,
                                                   std::size_t count);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  std::size_t size() const { return all_.size(); }

  /// Connects again when the server has closed the idle connection meanwhile. Fault: `unavailable`.
  /// REQUIRES: `number` has no request in flight.
  Result<void> send(std::size_t number, std::string_view request);

  /// Tells `answered` of every whole answer that has come; waits at most `timeout` for one.
  /// Faults: `unavailable`, when the server left a request without an answer, or said something
  /// that nobody had asked for; `corrupt`: what came is no answer; those of `answered`.
  using Answered = std::function<Result<void>(std::size_t number, const ServerAnswer& answer)>;
  Result<void> take(std::chrono::nanoseconds timeout, const Answered& answered);

  /// Sends one request on the first connection and waits for its answer. REQUIRES: none is in
  /// flight. Faults: as take(); `unavailable` when none comes within `limit`.
  struct OwnAnswer {
    int status = 0;
    std::string head;
    std::string body;
  };
  Result<OwnAnswer> ask(std::string_view request,
                        std::chrono::milliseconds limit = std::chrono::seconds(30));

 private:
  struct Connection {
    int socket = -1;  // -1: closed
    bool in_flight = false;
    std::string received{};
    std::size_t answer_bytes = 0;  // 0: its head has not come
    std::size_t head_bytes = 0;
  };

  explicit Connections(std::string where);

  Result<void> connect(std::size_t number);
  Result<void> read_from(std::size_t number, const Answered& answered);
  Result<void> closed_by_server(Connection& connection);

  struct FreeAddresses {
    void operator()(addrinfo* found) const;
  };

  const std::string where_;  // "127.0.0.1:8000", for faults
  std::unique_ptr<addrinfo, FreeAddresses> addresses_;
  int epoll_;
  std::vector<Connection> all_;
};

/// The bytes of a request as a plain client sends them; `fields`: further header fields, each with
/// its line's end.
std::string get_request(const http::ServerUrl& server, std::string_view target,
                        std::string_view fields = {});
void append_post_request(std::string& out, const http::ServerUrl& server, std::string_view target,
                         std::string_view fields, std::string_view json);

}  // namespace boxoffice::tools::bench
