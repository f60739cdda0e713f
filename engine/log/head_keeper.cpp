#include "engine/log/head_keeper.h"

#include <utility>

#include "base/this_thread.h"

namespace boxoffice::engine::log {

HeadKeeper::HeadKeeper(std::unique_ptr<HeadMarkWriter> writer, const Head& marked,
                       std::function<void(const Fault&)> on_fault)
    : writer_(std::move(writer)),
      on_fault_(std::move(on_fault)),
      head_(marked),
      written_(marked),
      thread_([this] { run(); }) {}

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
  name_this_thread("head-keeper");
  std::unique_lock lock(mutex_);
  const auto done = [this] { return head_ == written_ && slots_written_ == 2; };
  while (true) {
    head_moved_.wait(lock, [&] { return stopping_ || !done(); });
    if (done()) return;
    stops_.wait_for(lock, head_mark_interval, [this] { return stopping_; });
    const Head head = head_;
    lock.unlock();
    const auto written = writer_->write(head);
    lock.lock();
    if (!written) {
      failure_ = written.error();
      lock.unlock();
      if (on_fault_) on_fault_(written.error());
      return;
    }
    slots_written_ = head == written_ ? 2 : 1;
    written_ = head;
  }
}

}  // namespace boxoffice::engine::log
