// A file by its descriptor, and what a failed call to the system was.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>

#include "base/result.h"

namespace boxoffice::http::auth {

/// A file descriptor that closes itself.
class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~OpenFile() {
    if (is_open()) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// "PATH: cannot WHAT: why", of kind `no_space`, `not_found` or `io`.
/// REQUIRES: errno is that of the call that failed.
Fault system_fault(const char* what, const std::filesystem::path& path);

/// A file that was created or renamed in `folder` is found there again after a power cut.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace boxoffice::http::auth
