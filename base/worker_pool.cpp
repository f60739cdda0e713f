#include "base/worker_pool.h"

#include <utility>

#include "base/ensure.h"
#include "base/this_thread.h"

namespace boxoffice {

WorkerPool::WorkerPool(const std::string& name, std::size_t threads, std::size_t queue_max)
    : queue_max_(queue_max) {
  ENSURE(threads > 0, "a pool without threads would never do anything");
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, name] {
      name_this_thread(name);
      run();
    });
  }
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::run() {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

void WorkerPool::stop() { stop_and_join(false); }
void WorkerPool::abandon() { stop_and_join(true); }

void WorkerPool::stop_and_join(bool drop_queue) {
  std::vector<std::thread> threads;
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (drop_queue) dropped.swap(queue_);
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace boxoffice
