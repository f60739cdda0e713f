// The HTTP side of the program, put together over an open house.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "http/server/server.h"
#include "tools/config/config.h"
#include "tools/house.h"

namespace boxoffice::tools {

class FrontDoor {
 public:
  /// Binds the port first, so that a port in use costs no recovery. Serves nothing yet.
  /// Faults: those of Server::listen; `invalid` for a WEBHOOK_SECRET that cannot be read.
  static Result<std::unique_ptr<FrontDoor>> bind(const config::Config& config);
  ~FrontDoor();

  /// Starts answering for `house`; called once.
  void open(std::unique_ptr<House> house);
  /// REQUIRES: open() was called.
  House& house();

  /// One way to stop: accept no more, let requests in flight finish, drain the engine, sync.
  void close();

  std::uint16_t port() const;
  bool has_docs() const;

 private:
  struct Impl;
  explicit FrontDoor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace boxoffice::tools
