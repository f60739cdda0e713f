#include "engine/frame_reader.h"

#include <fmt/format.h>

#include <utility>

#include "base/this_thread.h"
#include "engine/domain/evolve.h"
#include "engine/log/frame.h"
#include "events/codec.h"

namespace boxoffice::engine {

FrameReader::FrameReader(std::unique_ptr<log::FrameCursor> cursor, Position to)
    : cursor_(std::move(cursor)), to_(to), thread_([this] { read(); }) {}

FrameReader::~FrameReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<const ReadFrame*> FrameReader::next() {
  if (given_ == seen_) {
    std::unique_lock lock(mutex_);
    freed_ = given_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return ended_ || filled_ - given_ >= slots / 2; });
    seen_ = filled_;
    if (given_ == seen_) {
      if (fault_) return *fault_;
      return nullptr;
    }
  }
  return &ring_[given_++ % slots];
}

std::optional<Fault> FrameReader::read_one(ReadFrame& into, bool& at_end) {
  auto stored = cursor_->next();
  if (!stored) return stored.error();
  at_end = !stored.value() || stored.value()->first > to_;
  if (at_end) return std::nullopt;
  into.stored = *std::move(stored).value();
  if (into.stored.logic_version > domain::logic_version) {
    return events::written_by_newer_version(
        into.stored.first, fmt::format("logic {} (this version has {})", into.stored.logic_version,
                                       domain::logic_version));
  }
  if (auto decoded = log::decode_events(into.stored, into.frame); !decoded) return decoded.error();
  return std::nullopt;
}

void FrameReader::read() {
  name_this_thread("log-reader");
  std::uint64_t filled = 0;
  while (true) {
    bool at_end = false;
    auto fault = read_one(ring_[filled % slots], at_end);
    const bool ended = at_end || fault.has_value();
    if (!ended) ++filled;
    std::unique_lock lock(mutex_);
    filled_ = filled;
    ended_ = ended;
    fault_ = std::move(fault);
    if (ended || filled % (slots / 2) == 0) changed_.notify_all();
    changed_.wait(lock, [&] { return ended || stopping_ || filled - freed_ < slots; });
    if (ended || stopping_) return;
  }
}

}  // namespace boxoffice::engine
