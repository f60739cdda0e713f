// The engine as the rest of the house sees it: recover, submit, look back.
//
// Recovery goes on from a snapshot, or from nothing, replays what the log has after it, and shows
// the listener what it has not seen yet.
//
// Threads: submit(), wake(), load() and the getters from any; the rest from one.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/domain/rules.h"
#include "engine/domain/state.h"
#include "engine/log/event_log.h"
#include "engine/replay.h"
#include "engine/sequencer/pipeline.h"
#include "engine/sequencer/submission.h"
#include "engine/snapshot.h"

namespace boxoffice::engine {

/// Of the keys of users (http/personal/user_keys.h), what the log says.
struct NamedUserKeys {
  UserKeyId last;                   ///< the highest
  UserId newest_user;               ///< that was not erased; none when there is none
  std::vector<UserKeyName> in_use;  ///< of users who were not erased
  std::vector<UserKeyName> erased;  ///< that must not exist any more
};

NamedUserKeys named_user_keys(const domain::State& state);

/// What recovery found.
struct Recovery {
  Position last;               ///< of the log
  Position snapshot;           ///< that the replay went on from
  Instant last_time{};         ///< of its last event
  std::uint64_t replayed = 0;  ///< events
  std::uint64_t folded = 0;    ///< events that the listener had not seen
};

/// The events `first`..`last` as the log holds them. REQUIRES: they are of one frame and durable.
Result<std::shared_ptr<const events::Frame>> load_frame(const log::EventLog& log, Position first,
                                                        Position last);

class Engine {
 public:
  /// Recovers from `log`; `listener_position` is the last event that the listener has seen, and
  /// `snapshot` one of this log (or none, at position 0).
  /// All three references must outlive the engine.
  static Result<std::unique_ptr<Engine>> recover(log::EventLog& log, Clock& clock,
                                                 FrameListener& listener,
                                                 Position listener_position,
                                                 PipelineOptions options, Snapshot snapshot = {});

  void start() { pipeline_.start(); }
  [[nodiscard]] bool submit(Submission submission, Wake wake = Wake::now) {
    return pipeline_.submit(std::move(submission), wake);
  }
  void wake() { pipeline_.wake(); }
  void stop() { pipeline_.stop(); }

  /// Completes a `replayed` reply to a `done` one, with the first answer's events.
  Result<Reply> load(Reply replayed) const;

  const Recovery& recovery() const { return recovery_; }
  /// What recovery found of keys, once.
  NamedUserKeys take_user_keys() { return std::move(user_keys_); }
  Pipeline::Positions positions() const { return pipeline_.positions(); }
  Pipeline::Counters counters() const { return pipeline_.counters(); }
  Pipeline::Histograms histograms() const { return pipeline_.histograms(); }

 private:
  Engine(domain::State state, log::EventLog& log, Clock& clock, FrameListener& listener,
         PipelineOptions options, Recovery recovery)
      : log_(log),
        recovery_(recovery),
        user_keys_(named_user_keys(state)),
        pipeline_(std::move(state), log, clock, listener, std::move(options)) {}

  log::EventLog& log_;
  Recovery recovery_;
  NamedUserKeys user_keys_;
  Pipeline pipeline_;
};

}  // namespace boxoffice::engine
