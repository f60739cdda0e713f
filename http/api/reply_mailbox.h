// An I/O thread's way to the engine and back: its handlers' commands there, the replies here.
//
// Either side wakes the other once for many: the I/O thread the sequencer when it has read all that
// had come, the engine's publisher the I/O thread for all replies of a frame.
//
// Threads: submit() on the I/O thread, deliver() from the engine's publisher.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/engine.h"
#include "engine/sequencer/submission.h"
#include "http/server/one_shot.h"
#include "http/server/server.h"

namespace boxoffice::http::api {

class ReplyMailbox : public engine::ReplySink {
 public:
  ReplyMailbox(IoThread& io, engine::Engine& engine) : io_(io), engine_(engine) {}

  /// The reply to await; none when the engine does not take the command. Sets its `reply_to`.
  std::optional<OneShot<engine::Reply>> submit(engine::Submission submission);

  void deliver(std::vector<engine::Reply> replies) override;

 private:
  void wake_engine();
  void complete(std::vector<engine::Reply> replies);

  IoThread& io_;
  engine::Engine& engine_;
  std::size_t not_woken_for_ = 0;  // commands that the sequencer was not woken for yet
  std::uint64_t next_token_ = 1;
  std::unordered_map<std::uint64_t, OneShot<engine::Reply>> waiting_;
};

}  // namespace boxoffice::http::api
