#include "tools/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace boxoffice::tools {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_writing();
    ::close(ends[0]);
  }
  void close_writing() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  /// All that comes until nobody can write any more.
  std::string read_all() const {
    std::string out;
    std::array<char, 65'536> block;
    for (ssize_t n = 0; (n = ::read(ends[0], block.data(), block.size())) > 0;) {
      out.append(block.data(), static_cast<std::size_t>(n));
    }
    return out;
  }
  std::array<int, 2> ends{-1, -1};
};

TEST(LineWriter, writes_every_line_once_and_whole) {
  constexpr int threads = 4;
  constexpr int lines_each = 5'000;
  Pipe pipe;
  std::string read;
  std::thread reader([&] { read = pipe.read_all(); });
  {
    LineWriter writer(pipe.ends[1]);
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t) {
      writers.emplace_back([&, t] {
        for (int i = 0; i < lines_each; ++i) {
          writer.write(std::to_string(t) + " " + std::to_string(i) + std::string(80, 'x') + "\n");
        }
      });
    }
    for (std::thread& thread : writers) thread.join();
    writer.stop();
    EXPECT_EQ(writer.dropped(), 0U);
  }
  pipe.close_writing();
  reader.join();
  std::multiset<std::string> lines;
  for (std::size_t at = 0; at < read.size();) {
    const std::size_t end = read.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    lines.insert(read.substr(at, end - at));
    at = end + 1;
  }
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(threads * lines_each));
  for (int t = 0; t < threads; ++t) {
    for (int i = 0; i < lines_each; ++i) {
      const std::string line = std::to_string(t) + " " + std::to_string(i) + std::string(80, 'x');
      ASSERT_EQ(lines.count(line), 1U) << line;
    }
  }
}

TEST(LineWriter, never_waits_for_who_does_not_read_and_counts_what_it_drops) {
  constexpr std::size_t buffer_bytes = 10'000;
  constexpr std::uint64_t sent = 10'000;
  const std::string line = std::string(99, 'x') + "\n";
  Pipe pipe;  // holds 64 KiB, then nobody takes more
  {
    LineWriter writer(pipe.ends[1], buffer_bytes);
    for (std::uint64_t i = 0; i < sent; ++i) writer.write(line);
    writer.stop();
    pipe.close_writing();
    const std::string read = pipe.read_all();
    EXPECT_EQ(read.size() % line.size(), 0U);
    EXPECT_EQ(read.size() / line.size() + writer.dropped(), sent);
    EXPECT_GE(writer.dropped(), sent - (65'536 + 2 * buffer_bytes) / line.size());
  }
}

TEST(LineWriter, drops_what_comes_after_its_end) {
  Pipe pipe;
  LineWriter writer(pipe.ends[1]);
  writer.stop();
  writer.write("late\n");
  EXPECT_EQ(writer.dropped(), 1U);
}

}  // namespace
}  // namespace boxoffice::tools
