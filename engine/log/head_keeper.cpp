#include "engine/log/head_keeper.h"

#include <utility>

namespace boxoffice::engine::log {

HeadKeeper::HeadKeeper(std::unique_ptr<HeadMarkWriter> writer, const Head& marked)
    : writer_(std::move(writer)), head_(marked), written_(marked), thread_([this] { run(); }) {}

HeadKeeper::~HeadKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  head_moved_.notify_one();
  stops_.notify_one();
  thread_.join();
}

void HeadKeeper::advance(const Head& head) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  // Costs a system call only when the thread is idle, so at most once an interval.
  head_moved_.notify_one();
}

std::optional<Fault> HeadKeeper::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void HeadKeeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    head_moved_.wait(lock, [this] { return stopping_ || head_ != written_; });
    if (head_ == written_) return;
    stops_.wait_for(lock, head_mark_interval, [this] { return stopping_; });
    const Head head = head_;
    lock.unlock();
    const auto done = writer_->write(head);
    lock.lock();
    if (!done) {
      failure_ = done.error();
      return;
    }
    written_ = head;
  }
}

}  // namespace boxoffice::engine::log
