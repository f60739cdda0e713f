#include "engine/log/memory_log.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"
#include "engine/log/chain.h"
#include "engine/log/frame.h"

namespace boxoffice::engine::log {

class MemoryLog::Cursor : public FrameCursor {
 public:
  Cursor(const Head& before, std::vector<std::shared_ptr<const Stored>> frames)
      : walk_(before), frames_(std::move(frames)) {}

  Result<std::optional<StoredFrame>> next() override {
    if (next_ == frames_.size()) return std::optional<StoredFrame>();
    const Stored& stored = *frames_[next_];
    TRY(StoredFrame frame, walk_.step(stored.first, stored.bytes));
    ++next_;
    return std::optional(std::move(frame));
  }
  std::span<const std::uint8_t> bytes() const override { return frames_[next_ - 1]->bytes; }

 private:
  ChainWalk walk_;
  std::vector<std::shared_ptr<const Stored>> frames_;
  std::size_t next_ = 0;
};

AppendOutcome MemoryLog::append(const FrameDraft& draft) {
  std::unique_lock lock(mutex_);
  holding_ = hold_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !hold_; });
  holding_ = false;
  ++appends_;
  if (fails_from_ && appends_ >= *fails_from_) {
    return {fails_with_, fault(FaultKind::io, "the log in memory was told to fail")};
  }
  Stored stored{draft.first, {}};
  const Sha256 hash = encode_frame(draft, head_, logic_version_, stored.bytes);
  frames_.push_back(std::make_shared<const Stored>(std::move(stored)));
  head_ = Head{Position(draft.first.value + draft.count - 1), hash};
  return {AppendStatus::durable, {}};
}

Head MemoryLog::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

std::unique_ptr<FrameCursor> MemoryLog::read(Position from) const {
  const std::lock_guard lock(mutex_);
  if (from > head_.last) return std::make_unique<Cursor>(head_, decltype(frames_){});
  auto begin =
      std::ranges::upper_bound(frames_, from, {}, [](const auto& stored) { return stored->first; });
  if (begin != frames_.begin()) --begin;
  Head before;
  if (begin != frames_.begin()) {
    const Stored& stored = **std::prev(begin);
    const auto frame = decode_frame(stored.first, stored.bytes);
    ENSURE(frame, "a frame in memory stays as it was encoded");
    before = Head{frame.value().last(), frame.value().hash};
  }
  return std::make_unique<Cursor>(before, decltype(frames_)(begin, frames_.end()));
}

void MemoryLog::fail_append(std::uint64_t nth, AppendStatus status) {
  ENSURE(nth > 0 && status != AppendStatus::durable, "a failure is a later append's");
  const std::lock_guard lock(mutex_);
  fails_from_ = appends_ + nth;
  fails_with_ = status;
}

void MemoryLog::hold_appends() {
  const std::lock_guard lock(mutex_);
  hold_ = true;
}

void MemoryLog::release_appends() {
  const std::lock_guard lock(mutex_);
  hold_ = false;
  changed_.notify_all();
}

void MemoryLog::wait_for_held_append() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return holding_; });
}

}  // namespace boxoffice::engine::log
