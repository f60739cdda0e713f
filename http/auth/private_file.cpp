#include "http/auth/private_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "http/auth/random.h"

namespace boxoffice::http::auth {

namespace {

namespace fs = std::filesystem;

/// A file descriptor that closes itself.
class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags, mode_t mode = 0)
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

/// REQUIRES: errno is that of the call that failed.
Fault system_fault(const char* what, const fs::path& path) {
  const int code = errno;
  const FaultKind kind = code == ENOSPC || code == EDQUOT ? FaultKind::no_space
                         : code == ENOENT                 ? FaultKind::not_found
                                                          : FaultKind::io;
  return fault(kind,
               path.string() + ": cannot " + what + ": " + std::generic_category().message(code));
}

Result<void> write_synced(const fs::path& path, std::string_view content) {
  const OpenFile file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!file.is_open()) return system_fault("create", path);
  while (!content.empty()) {
    const ssize_t written = ::write(file.descriptor(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_fault("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.descriptor()) != 0) return system_fault("sync", path);
  return success();
}

Result<void> sync_folder(const fs::path& folder) {
  const OpenFile opened(folder, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) return system_fault("open", folder);
  if (::fsync(opened.descriptor()) != 0) return system_fault("sync", folder);
  return success();
}

}  // namespace

Result<bool> create_private_file(const fs::path& path, std::string_view content) {
  // The usual case, which must not need a folder that can be written.
  struct stat there {};
  if (::lstat(path.c_str(), &there) == 0) return false;

  const fs::path temporary = path.string() + "." + random_hex(8) + ".tmp";
  if (Result<void> written = write_synced(temporary, content); !written) {
    ::unlink(temporary.c_str());
    return written.error();
  }
  // RENAME_NOREPLACE: of two processes that create the file at once, the second finds it there.
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) {
      ::unlink(temporary.c_str());
      return false;
    }
    const Fault failed = system_fault("create", path);
    ::unlink(temporary.c_str());
    return failed;
  }
  TRY(sync_folder(path.has_parent_path() ? path.parent_path() : fs::path(".")));
  return true;
}

Result<std::string> read_small_file(const fs::path& path, std::size_t bytes_max) {
  // O_NONBLOCK: a named pipe in the file's place must not make us wait for a writer.
  const OpenFile file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) return system_fault("open", path);
  struct stat about {};
  if (::fstat(file.descriptor(), &about) != 0) return system_fault("read", path);
  if (!S_ISREG(about.st_mode)) {
    return fault(FaultKind::invalid, path.string() + ": is not a regular file");
  }
  // One byte more than allowed, so that a file that is too large shows.
  std::string content(bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.descriptor(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_fault("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > bytes_max) {
    return fault(FaultKind::invalid,
                 path.string() + ": is larger than " + std::to_string(bytes_max) + " bytes");
  }
  content.resize(size);
  return content;
}

}  // namespace boxoffice::http::auth
