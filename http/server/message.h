// Requests and responses as plain values: the border between bytes and meaning. Nothing on this
// side of it knows Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "http/server/field_lines.h"

namespace boxoffice::http {

class IoThread;
class Stream;

/// Compares ASCII letters without case, as field names and tokens do.
bool equal_without_case(std::string_view a, std::string_view b);

/// Header fields in the order they came; names compare without case.
struct Headers {
  std::vector<std::pair<std::string, std::string>> fields{};

  /// The first field of that name, if any.
  const std::string* find(std::string_view name) const;
  void add(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
  }
};

/// One whole request that has passed the framing guard.
struct Request {
  std::string method;  ///< "GET", as sent
  std::string path;    ///< raw (still percent-encoded), without the query: "/api/movies/1"
  std::string query;   ///< raw, without the '?'; empty when there is none
  Headers headers;     ///< trailer fields never appear here
  std::string body;
  IpAddress peer;          ///< the other end of the connection, which may be a proxy's
  IoThread* io = nullptr;  ///< the thread that serves this connection

  using Time = std::chrono::steady_clock::time_point;
  Time begun{};     ///< its first byte was read
  Time received{};  ///< its last one
};

/// What became of an answer.
struct AnswerEnd {
  std::string_view peer_address{};  ///< "127.0.0.1"; empty: not known any more
  int status = 0;
  std::string_view reason;  ///< Response::reason
  std::uint64_t body_bytes = 0;
  bool whole = false;    ///< the system has taken all of it, for the client
  Request::Time time{};  ///< when it had, or when that had failed
};

/// Is told once, on the I/O thread, unless the connection is abandoned. Must not throw.
class AnswerWatch {
 public:
  virtual ~AnswerWatch() = default;
  virtual void ended(const AnswerEnd& end) = 0;
};

/// One answer. The server adds Date, Server, Connection and Content-Length or, with a stream,
/// Transfer-Encoding; to HEAD it sends no body.
struct Response {
  int status = 200;
  /// Of a literal, or of what outlives the server; empty: no Content-Type.
  std::string_view content_type = "application/json";
  FieldLines headers{};
  std::string body{};
  std::shared_ptr<const std::string> shared_body{};  ///< used instead of `body` when set
  bool close = false;                                ///< close the connection after it
  std::shared_ptr<Stream> stream{};                  ///< the body when set (http/server/stream.h)
  std::string_view reason{};  ///< a literal that says why it was refused, for logs; never sent
  std::shared_ptr<AnswerWatch> watch{};

  std::string_view payload() const { return shared_body ? std::string_view(*shared_body) : body; }
};

}  // namespace boxoffice::http
