// Makes snapshots in the background, by replay: a thread of its own reads the log from the snapshot
// before to the durable position and writes the state that it gets. The sequencer is never asked or
// held up, and each snapshot proves that replay leads where the sequencer was: every frame's
// digest is compared on the way.
//
// Threads: start() and stop() from one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "engine/log/event_log.h"
#include "engine/replay.h"
#include "engine/snapshot_store.h"

namespace boxoffice::engine {

struct SnapshotOptions {
  /// A snapshot is made whenever the log has grown by this many events; 0: never.
  std::uint64_t every_events = 1'000'000;
  /// Called from the maker's thread with each snapshot that was written.
  std::function<void(const SnapshotFile&)> on_written{};
  /// Called from the maker's thread when a snapshot cannot be made. It tries again once the log has
  /// grown as much again; a log that cannot be replayed is `corrupt`.
  std::function<void(const Fault&)> on_fault{};
};

/// Replays `log` from `store`'s newest snapshot to the head as of now and writes what comes out;
/// nothing when there is a snapshot of that position already, or no event. Damaged snapshots are
/// passed over. `seen` is called with every frame that is replayed; a fault of its own gives up.
/// Faults: as replay() and SnapshotStore.
Result<std::optional<SnapshotFile>> make_snapshot(const log::EventLog& log, SnapshotStore& store,
                                                  const SeeFrame& seen);

class SnapshotMaker {
 public:
  /// `log` must outlive the maker. `from`: where the newest snapshot is.
  SnapshotMaker(const log::EventLog& log, SnapshotStore store, Position from,
                SnapshotOptions options);
  ~SnapshotMaker();
  SnapshotMaker(const SnapshotMaker&) = delete;
  SnapshotMaker& operator=(const SnapshotMaker&) = delete;

  void start();
  /// Waits for a snapshot that is being made.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace boxoffice::engine
