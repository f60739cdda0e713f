#include "engine/log/durable_view.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "engine/log/rocksdb_log.h"

namespace boxoffice::engine::log {

namespace {

namespace fs = std::filesystem;

Result<void> sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  // Gone already: its frames are in a table now, which was synced before.
  if (descriptor < 0 && errno == ENOENT) return success();
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int code = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return success();
  return fault(FaultKind::io, fmt::format("{}: cannot sync: {}", path.string(),
                                          std::generic_category().message(code)));
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_durable_view(const fs::path& directory,
                                                    const fs::path& head_directory) {
  TRY(auto log, open_rocksdb_log(
                    {.directory = directory, .head_directory = head_directory, .read_only = true}));
  // After the opening, so that whatever it showed is synced. Tables always are; only the
  // write-ahead files may not be.
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".log") continue;
    TRY(sync_path(at->path()));
  }
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("cannot read {}: {}", directory.string(), error.message()));
  }
  TRY(sync_path(directory));
  return log;
}

}  // namespace boxoffice::engine::log
