// What goes into the sequencer and what comes out: a command with its envelope, and its reply.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/commands.h"
#include "events/events.h"

namespace boxoffice::engine {

/// When what happened to a command, by the steady clock; what has not happened has no time. Most
/// are the same for a whole batch.
struct CommandTimes {
  using Time = std::chrono::steady_clock::time_point;
  Time taken{};      ///< from the queue
  Time decided{};    ///< with those that were taken with it
  Time sealed{};     ///< its frame was given to the log
  Time durable{};    ///< the log had it
  Time published{};  ///< the listener had it
};

/// What became of a submission.
struct Reply {
  enum class Kind {
    done,             ///< decided and durable: `events()` says what happened
    replayed,         ///< its Idempotency-Key was known: the first answer is at `first`..`last`
    outcome_unknown,  ///< the engine stopped before it was durable; it may or may not be in the log
    too_late,         ///< it had waited too long and was not decided: nothing was done
  };

  std::uint64_t token = 0;  ///< ReplyTo::token
  Kind kind = Kind::outcome_unknown;
  Position first;  ///< of the command's events
  Position last;
  /// The frame that holds them, when done.
  std::shared_ptr<const events::Frame> frame{};
  CommandTimes times{};

  /// The command's own events. REQUIRES: kind is done.
  std::span<const events::Event> events() const {
    return std::span(frame->events)
        .subspan(first.value - frame->first().value, last.value - first.value + 1);
  }
};

/// Takes replies, a frame's worth at a time. Called from the publishing thread; must not block.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  virtual void deliver(std::vector<Reply> replies) = 0;
};

/// Where a reply goes. The sink must outlive the engine.
struct ReplyTo {
  ReplySink* sink = nullptr;
  std::uint64_t token = 0;
};

struct Submission {
  domain::Command command;
  events::Actor actor{};
  std::string cause{};  ///< the request id
  std::optional<TraceId> trace{};
  std::optional<events::Idempotency> idempotency{};
  ReplyTo reply_to{};
  CommandTimes::Time submitted{};  ///< set by Pipeline::submit
};

}  // namespace boxoffice::engine
