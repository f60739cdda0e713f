#include "tools/line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <utility>

#include "base/this_thread.h"

namespace boxoffice::tools {

namespace {

// How long lines gather before they are written: the thread is woken no more often.
constexpr std::chrono::milliseconds gather_time{50};
// Whether to go on trying to write is asked as often.
constexpr int poll_ms = 100;
constexpr std::chrono::seconds last_words_time{1};

}  // namespace

LineWriter::LineWriter(int descriptor, std::size_t buffer_max)
    : descriptor_(descriptor), buffer_max_(buffer_max), thread_([this] { run(); }) {}

LineWriter::~LineWriter() { stop(); }

void LineWriter::write(std::string_view line) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || buffer_.size() + line.size() > buffer_max_) {
      ++dropped_;
      return;
    }
    wake = buffer_.empty();
    buffer_ += line;
  }
  if (wake) wake_.notify_one();
}

std::uint64_t LineWriter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void LineWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LineWriter::run() {
  name_this_thread("line-writer");
  std::string lines;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !buffer_.empty(); });
    if (buffer_.empty()) return;
    wake_.wait_for(lock, gather_time, [this] { return stopping_; });
    lines.clear();
    lines.swap(buffer_);
    lock.unlock();
    write_out(lines);
    lock.lock();
  }
}

// In pieces that a pipe takes whole (POSIX: up to PIPE_BUF), so that lines that others write to the
// same pipe come between ours and not into them.
void LineWriter::write_out(std::string_view lines) {
  while (!lines.empty()) {
    std::string_view chunk = lines.substr(0, PIPE_BUF);
    if (chunk.size() < lines.size()) {
      const std::size_t end = chunk.rfind('\n');
      if (end != std::string_view::npos) chunk = chunk.substr(0, end + 1);
    }
    if (!write_chunk(chunk)) {
      const std::lock_guard lock(mutex_);
      dropped_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
      return;
    }
    lines.remove_prefix(chunk.size());
  }
}

/// False when it cannot be written, or nobody reads it while we are to stop.
bool LineWriter::write_chunk(std::string_view chunk) {
  const auto give_up = std::chrono::steady_clock::now() + last_words_time;
  while (!chunk.empty()) {
    pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int found = ::poll(&ready, 1, poll_ms);
    if (found == 0) {
      const std::lock_guard lock(mutex_);
      if (stopping_ && std::chrono::steady_clock::now() >= give_up) return false;
      continue;
    }
    const ssize_t written = found < 0 ? -1 : ::write(descriptor_, chunk.data(), chunk.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return false;
    chunk.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace boxoffice::tools
