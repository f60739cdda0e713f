#include "http/auth/private_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "http/auth/open_file.h"
#include "http/auth/random.h"

namespace boxoffice::http::auth {

namespace {

namespace fs = std::filesystem;

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
