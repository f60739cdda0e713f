// The commit pipeline: three threads between a submission and its reply.
//
//   submit() ─> queue ─> [sequencer] ─> frame ─> [log] ─> durable ─> [publisher] ─> listener, reply
//                          decide        │      append               fold, then answer
//                                        └── while one frame syncs, the next one fills
//
// Batches adapt by themselves: an idle engine syncs one command at once, a busy one as many as came
// in during the sync before. Replies leave only after their frame is durable and the listener (the
// read models) has seen it, so whoever was answered can read what was answered.
//
// What waits too long is turned away: new commands while the oldest that the log was not given yet
// has waited for `queue_wait_max`, and a command that has itself, if it was not decided yet. So
// when the disk does not keep up, clients hear of it at once and not after they have given up.
//
// Invariants: applied >= written >= durable >= published, each only ever growing.
// Threads: submit() from any; start() and stop() from one. Limits: `queue_depth_max` submissions
// wait at most; beyond it submit() refuses at once. What was decided waits in one frame at most,
// and in four for the publisher.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "engine/domain/rules.h"
#include "engine/domain/state.h"
#include "engine/log/event_log.h"
#include "engine/sequencer/histogram.h"
#include "engine/sequencer/submission.h"

namespace boxoffice::engine {

/// Sees every durable frame once, in order, before its replies leave.
class FrameListener {
 public:
  virtual ~FrameListener() = default;
  /// A fault is final: the engine stops.
  virtual Result<void> on_frame(const events::Frame& frame) = 0;
};

struct PipelineOptions {
  domain::Rules rules{};
  std::size_t queue_depth_max = 16'384;
  std::chrono::milliseconds queue_wait_max{0};  ///< 0: however long
  /// What waits are measured with.
  std::function<CommandTimes::Time()> steady_now = &std::chrono::steady_clock::now;
  /// Called once, from an engine thread, when the log or the listener failed: the process must end,
  /// because what was not answered may or may not be in the log.
  std::function<void(const Fault&)> on_fatal{};
};

/// When the sequencer is to look at a submission. A thread that has more of them at hand submits
/// them all and calls wake() once: each waking costs two changes of thread, more than deciding.
enum class Wake { now, later };

class Pipeline {
 public:
  struct Positions {
    Position applied;
    Position durable;
    Position published;
  };
  struct Counters {
    std::uint64_t commands = 0;
    std::uint64_t frames = 0;
    std::uint64_t rejected = 0;  ///< queue full
    std::uint64_t too_slow = 0;  ///< turned away because the oldest, or they, had waited too long
    std::size_t queue_depth = 0;
    std::size_t queue_depth_max = 0;
    std::chrono::milliseconds oldest_wait{0};  ///< of the commands that the log was not given yet
    bool accepting = false;
    std::uint64_t locks = 0;             ///< held now
    std::uint64_t pending_bookings = 0;  ///< now
  };
  /// What operators want to see over time.
  struct Histograms {
    HistogramCounts sync_us;         ///< of each append to the log, durable
    HistogramCounts recent_sync_us;  ///< of the last minute or two
    HistogramCounts batch;           ///< commands of each frame
  };

  /// `log`, `clock` and `listener` must outlive the pipeline; `state` is the log's, replayed.
  Pipeline(domain::State state, log::EventLog& log, Clock& clock, FrameListener& listener,
           PipelineOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void start();

  /// False when the queue is full or does not move, or the pipeline is stopping or has failed:
  /// nothing was taken and no reply will come.
  [[nodiscard]] bool submit(Submission submission, Wake wake = Wake::now);
  /// What was submitted with Wake::later is due.
  void wake();

  /// Takes no more, finishes what was taken, and joins. Replies that can no longer be given are
  /// `outcome_unknown`.
  void stop();

  Positions positions() const;
  Counters counters() const;
  Histograms histograms() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace boxoffice::engine
