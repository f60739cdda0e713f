// The peers: how each is asked to lock three seats. Each is given its best reasonable form, one
// round trip for a request; README.md says what it is and why it is fair.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "benchmarks/peers/closed_loop.h"

namespace boxoffice::benchmarks::peers {

/// POST /api/seats/lock, of ours and of the FastAPI program. `locked`: how the body of a lock
/// begins.
std::unique_ptr<Connection> connect_http(std::uint16_t port, std::string locked);

/// The function lock_seats() of postgresql.sql. `conninfo` as libpq takes it. Only where libpq is
/// (has_postgresql).
extern const bool has_postgresql;
std::unique_ptr<Connection> connect_postgresql(const std::string& conninfo);

/// `address`: a port of 127.0.0.1, or the path of a socket. Only where hiredis is (has_redis).
extern const bool has_redis;
std::unique_ptr<Connection> connect_redis(const std::string& address);

/// One database within the program, and one writer at a time.
class Sqlite {
 public:
  explicit Sqlite(const std::string& file);
  ~Sqlite();
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  Answer lock(const SeatRequest& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The least that a durable lock can cost: so many bytes appended to a file, and fdatasync.
class RawFile {
 public:
  RawFile(const std::string& file, std::size_t bytes);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  void append();

 private:
  int file_;
  std::string bytes_;
};

/// Serves every request the same answer, from one thread, until the program ends: epoll, recv,
/// send. It finds the end of a request by its Content-Length, and looks at nothing else. Prints the
/// line "listening on PORT".
[[noreturn]] void serve_with_epoll();

}  // namespace boxoffice::benchmarks::peers
