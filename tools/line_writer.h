// Lines of the log that I/O threads write: they go into a buffer, and a thread of its own writes
// them, so that nobody who answers clients ever waits for whoever reads the log. When the buffer is
// full, lines are dropped and counted.
//
// Not spdlog's asynchronous logger: it wakes its thread for each line, and drops the oldest ones.
//
// Threads: write() from any. Limits: `buffer_max` bytes wait, as many are being written.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace boxoffice::tools {

class LineWriter {
 public:
  static constexpr std::size_t buffer_bytes_max = 4 * 1024 * 1024;

  /// Writes to `descriptor`, which outlives it.
  explicit LineWriter(int descriptor, std::size_t buffer_max = buffer_bytes_max);
  ~LineWriter();  ///< stop()
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Takes one whole line with its end, shorter than 4096 bytes; or drops it.
  void write(std::string_view line);
  std::uint64_t dropped() const;
  /// Writes what it has taken, for at most a second when nobody reads it; what comes later is
  /// dropped.
  void stop();

 private:
  void run();
  void write_out(std::string_view lines);
  bool write_chunk(std::string_view chunk);

  const int descriptor_;
  const std::size_t buffer_max_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::string buffer_;
  std::uint64_t dropped_ = 0;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace boxoffice::tools
