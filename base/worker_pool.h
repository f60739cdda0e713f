// Threads for work that would hold up whoever asks for it, with a queue that cannot grow without
// bound: beyond it the pool says no at once.
//
// Invariants: accepted work is done exactly once unless it is abandoned, refused work never.
// Threads: submit(), stop() and abandon() from any but the pool's own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace boxoffice {

class WorkerPool {
 public:
  /// `name`: of its threads (name_this_thread()). `queue_max`: how much work may wait; what is
  /// being worked on does not count. REQUIRES: at least one thread.
  WorkerPool(const std::string& name, std::size_t threads, std::size_t queue_max);
  ~WorkerPool();  ///< stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs `work` on a thread of the pool, soon. False: the queue is full or the pool has stopped.
  /// REQUIRES: `work` does not throw.
  [[nodiscard]] bool submit(std::function<void()> work);

  /// Takes no more, does what was accepted and joins the threads. Calling it again does nothing.
  void stop();
  /// The same, but what was accepted and not begun is dropped, undone.
  void abandon();

 private:
  void run();
  void stop_and_join(bool drop_queue);

  const std::size_t queue_max_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace boxoffice
