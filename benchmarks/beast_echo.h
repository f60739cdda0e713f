// The limit that the HTTP server is measured against: the least that a Beast program does.
//
// One thread, one coroutine per connection: read a request, answer it, again. No guard, no
// deadlines, no limits, and a concrete executor, which is Asio's fastest.
#pragma once

#include <cstdint>
#include <memory>

namespace boxoffice::benchmarks {

/// Serves on a free port of 127.0.0.1 from construction to destruction.
class BeastEcho {
 public:
  BeastEcho();
  ~BeastEcho();
  BeastEcho(const BeastEcho&) = delete;
  BeastEcho& operator=(const BeastEcho&) = delete;

  std::uint16_t port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace boxoffice::benchmarks
