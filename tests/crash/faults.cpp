// What the program boxoffice_with_faults has beside the one that is shipped: it ends itself at
// named places, or does not sync. The crash suites say by environment variables what is to happen:
//
//   BOXOFFICE_FAIL_POINT=NAME:COUNT  ends the process at the COUNT-th passing of that place
//   BOXOFFICE_FAIL_BY=STOP           stops it there instead, all threads, until the test ends it
//   BOXOFFICE_HOLD=NAME:FIFO         holds the thread that passes that place, for as long as the
//                                    named pipe FIFO is there and the test has it open
//   BOXOFFICE_NO_SYNC=1              write-ahead files of the log are not synced
//   BOXOFFICE_HELD_SYNC=FILE         a sync of them waits for as long as that file exists
//
// The names are those of FailPoint, and {before,after}_{sync,manifest_sync}: RocksDB syncs inside
// its own writes, so these stand around the system call, which this file takes the place of.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ensure.h"
#include "base/fail_point.h"

namespace boxoffice::tests {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

struct Orders {
  std::string point;
  unsigned long count = 0;
  int signal = variable("BOXOFFICE_FAIL_BY") == "STOP" ? SIGSTOP : SIGKILL;
  std::string held_point;
  std::string fifo;
  std::string held_by = variable("BOXOFFICE_HELD_SYNC");
  bool no_sync = !variable("BOXOFFICE_NO_SYNC").empty();

  Orders() {
    const std::string hold = variable("BOXOFFICE_HOLD");
    held_point = hold.substr(0, hold.find(':'));
    fifo = hold.substr(std::min(held_point.size() + 1, hold.size()));
    const std::string order = variable("BOXOFFICE_FAIL_POINT");
    const auto colon = order.find(':');
    if (colon == std::string::npos) return;
    point = order.substr(0, colon);
    count = std::stoul(order.substr(colon + 1));
  }
};

const Orders& orders() {
  static const Orders given;
  return given;
}

// The log's file behind a descriptor, by its name in the log's directory; empty for any other.
std::string name_in_log(int descriptor) {
  std::array<char, 4096> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  const std::string_view path(target.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  const auto name_at = path.rfind('/') + 1;
  if (!path.substr(0, name_at).ends_with("/log/")) return {};
  return std::string(path.substr(name_at));
}

// Opening waits for the test to open the other end, and reading for it to close it.
void hold() {
  const int pipe = ::open(orders().fifo.c_str(), O_RDONLY | O_CLOEXEC);
  if (pipe < 0) return;
  char byte = 0;
  ENSURE(::read(pipe, &byte, 1) == 0, "the test only opens and closes it");
  ::close(pipe);
}

void pass(std::string_view name) {
  if (name == orders().held_point) hold();
  static std::atomic<unsigned long> passings{0};
  if (name != orders().point || ++passings != orders().count) return;
  const std::string said = "ends at fail point " + orders().point + "\n";
  ENSURE(::write(STDERR_FILENO, said.data(), said.size()) > 0, "somebody listens");
  std::raise(orders().signal);  // this thread's: it goes no further
}

bool is_held() {
  return !orders().held_by.empty() && ::access(orders().held_by.c_str(), F_OK) == 0;
}

int sync(int descriptor) { return static_cast<int>(::syscall(SYS_fdatasync, descriptor)); }

}  // namespace

}  // namespace boxoffice::tests

namespace boxoffice {

void fail_point(FailPoint at) { tests::pass(enum_name(at)); }

}  // namespace boxoffice

extern "C" int fdatasync(int descriptor) {
  using namespace boxoffice::tests;
  const std::string name = name_in_log(descriptor);
  const bool is_write_ahead = name.ends_with(".log");
  if (is_write_ahead && orders().no_sync) return 0;
  if (!is_write_ahead && !name.starts_with("MANIFEST")) return sync(descriptor);
  while (is_write_ahead && is_held()) ::usleep(10'000);
  pass(is_write_ahead ? "before_sync" : "before_manifest_sync");
  const int result = sync(descriptor);
  pass(is_write_ahead ? "after_sync" : "after_manifest_sync");
  return result;
}
