// A projection at work: its rows, how far it has come, and why it stopped.
//
// Threads: fold(), change() and publish() belong to the thread that folds; the rest is for any.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "events/events.h"
#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/store.h"

namespace boxoffice::projections {

class Runner {
 public:
  Runner(std::shared_ptr<const Table> table, std::unique_ptr<Projection> projection)
      : table_(std::move(table)), projection_(std::move(projection)), rows_(*table_) {}

  /// Goes on from the rows on disk.
  Result<void> load();

  /// Folds what it has not seen yet; stops at the first event that it cannot fold.
  void fold(const events::Frame& frame);
  /// What fold() has to be written.
  Store::Change change() { return {.rows = &rows_, .cursor = folded_}; }
  /// The change has been written, or will be: what is kept in memory is shown.
  void publish();
  /// The changes that are not written yet.
  Rows& rows() { return rows_; }

  const std::shared_ptr<const Table>& table() const { return table_; }
  Position cursor() const { return Position(cursor_.load(std::memory_order_acquire)); }
  bool running() const { return !stopped_.load(std::memory_order_acquire); }
  ReadModels::Status status() const;

  /// REQUIRES: it is a P.
  template <class P>
  const P& projection() const {
    return static_cast<const P&>(*projection_);
  }

 private:
  void stop(const events::Event& event, const Fault& why);

  const std::shared_ptr<const Table> table_;
  const std::unique_ptr<Projection> projection_;
  Rows rows_;
  Position folded_;  // ahead of cursor_ while a frame is folded but not written
  std::atomic<std::uint64_t> cursor_{0};
  std::atomic<bool> stopped_{false};
  mutable std::mutex why_mutex_;
  std::string why_stopped_;
};

/// The runner that answers; another one can take its place while questions are being answered.
class CurrentRunner {
 public:
  std::shared_ptr<Runner> get() const {
    const std::lock_guard lock(mutex_);
    return runner_;
  }
  void set(std::shared_ptr<Runner> runner) {
    const std::lock_guard lock(mutex_);
    runner_.swap(runner);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Runner> runner_;
};

}  // namespace boxoffice::projections
