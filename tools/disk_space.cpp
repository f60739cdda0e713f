#include "tools/disk_space.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <system_error>

#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

constexpr std::chrono::milliseconds look_interval{100};

// Zero when it cannot be told: then the disk is as good as full.
std::uint64_t free_bytes(const std::filesystem::path& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  return error ? 0 : space.available;
}

}  // namespace

bool DiskSpace::is_low() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  auto next = next_look_.load(std::memory_order_relaxed);
  if (now < next) return low_.load(std::memory_order_relaxed);
  constexpr auto interval =
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(look_interval).count();
  // Of those who come at the same time one looks.
  if (!next_look_.compare_exchange_strong(next, now + interval)) return low_.load();
  const std::uint64_t free = free_bytes(directory_);
  const bool low = free < min_bytes_;
  if (low != low_.exchange(low)) {
    log(low ? LogLevel::error : LogLevel::warning,
        low ? fmt::format("disk nearly full: {} MiB are free in {}, {} are needed; commands are "
                          "answered 503 until there is space",
                          free >> 20, directory_.string(), min_bytes_ >> 20)
            : fmt::format("{} MiB are free in {}: commands are taken again", free >> 20,
                          directory_.string()));
  }
  return low;
}

Result<void> lay_ballast(const std::filesystem::path& path, std::uint64_t bytes) {
  std::error_code error;
  if (bytes == 0 || std::filesystem::file_size(path, error) == bytes) return success();
  if (free_bytes(path.parent_path()) < bytes + free_space_min_bytes) {
    return fault(FaultKind::no_space,
                 fmt::format("there is no room for the ballast {} ({} MiB): when the disk is full "
                             "there will be nothing to spare",
                             path.string(), bytes >> 20));
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int failed = file < 0 ? errno : ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (file >= 0) ::close(file);
  if (failed == 0) return success();
  std::filesystem::remove(path, error);
  return fault(FaultKind::io, fmt::format("cannot make the ballast {}: {}", path.string(),
                                          std::generic_category().message(failed)));
}

}  // namespace boxoffice::tools
