// Brings the engine's replies to the I/O thread whose handlers wait for them.
//
// Threads: expect() on the I/O thread; deliver() from the engine's publisher, which wakes the I/O
// thread once for all replies of a frame.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/sequencer/submission.h"
#include "http/server/one_shot.h"
#include "http/server/server.h"

namespace boxoffice::http::api {

class ReplyMailbox : public engine::ReplySink {
 public:
  explicit ReplyMailbox(IoThread& io) : io_(io) {}

  /// A place for the next reply: submit with `to`, then await `reply`.
  struct Expected {
    engine::ReplyTo to;
    OneShot<engine::Reply> reply;
  };
  Expected expect();
  /// No reply will come for `to` after all.
  void forget(const engine::ReplyTo& to) { waiting_.erase(to.token); }

  void deliver(std::vector<engine::Reply> replies) override;

 private:
  void complete(std::vector<engine::Reply> replies);

  IoThread& io_;
  std::uint64_t next_token_ = 1;
  std::unordered_map<std::uint64_t, OneShot<engine::Reply>> waiting_;
};

}  // namespace boxoffice::http::api
