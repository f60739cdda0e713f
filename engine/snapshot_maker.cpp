#include "engine/snapshot_maker.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/this_thread.h"
#include "base/ensure.h"

namespace boxoffice::engine {

namespace {

constexpr auto look_every = std::chrono::seconds(1);

}  // namespace

Result<std::optional<SnapshotFile>> make_snapshot(const log::EventLog& log, SnapshotStore& store,
                                                  const SeeFrame& seen) {
  TRY(auto newest, store.newest(log, [](const Fault&) {}));
  Snapshot snapshot = newest ? *std::move(newest) : Snapshot{};
  const Position before = snapshot.head.last;
  TRY(replay_on(snapshot, log, before, seen));
  if (snapshot.head.last == before) return std::optional<SnapshotFile>();
  TRY(auto file, store.write(snapshot));
  return std::optional(std::move(file));
}

struct SnapshotMaker::Impl {
  void run() {
    std::unique_lock lock(mutex);
    while (!wakes.wait_for(lock, look_every, [this] { return stopping.load(); })) {
      const Position now = log.head().last;
      if (now.value - last.value < options.every_events) continue;
      last = now;
      lock.unlock();
      make();
      lock.lock();
    }
  }

  void make() {
    auto made = make_snapshot(log, store, [this](const events::Frame&) -> Result<void> {
      if (stopping) return fault(FaultKind::unavailable, "the program stops");
      return success();
    });
    if (stopping) return;
    if (!made) {
      if (options.on_fault) options.on_fault(made.error());
    } else if (made.value() && options.on_written) {
      options.on_written(*made.value());
    }
  }

  const log::EventLog& log;
  SnapshotStore store;
  Position last;  // of the last snapshot that was made or tried
  const SnapshotOptions options;

  std::mutex mutex;
  std::condition_variable wakes;
  std::atomic<bool> stopping = false;
  std::thread thread;
};

SnapshotMaker::SnapshotMaker(const log::EventLog& log, SnapshotStore store, Position from,
                             SnapshotOptions options)
    : impl_(new Impl{.log = log,
                     .store = std::move(store),
                     .last = from,
                     .options = std::move(options),
                     .mutex = {},
                     .wakes = {},
                     .stopping = false,
                     .thread = {}}) {}

SnapshotMaker::~SnapshotMaker() { stop(); }

void SnapshotMaker::start() {
  ENSURE(!impl_->thread.joinable(), "a maker is started once");
  if (impl_->options.every_events == 0) return;
  impl_->thread = std::thread([impl = impl_.get()] {
    name_this_thread("snapshots");
    become_background();
    impl->run();
  });
}

void SnapshotMaker::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wakes.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace boxoffice::engine
