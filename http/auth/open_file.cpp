#include "http/auth/open_file.h"

#include <cerrno>
#include <system_error>

namespace boxoffice::http::auth {

Fault system_fault(const char* what, const std::filesystem::path& path) {
  const int code = errno;
  const FaultKind kind = code == ENOSPC || code == EDQUOT ? FaultKind::no_space
                         : code == ENOENT                 ? FaultKind::not_found
                                                          : FaultKind::io;
  return fault(kind,
               path.string() + ": cannot " + what + ": " + std::generic_category().message(code));
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const OpenFile opened(folder, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) return system_fault("open", folder);
  if (::fsync(opened.descriptor()) != 0) return system_fault("sync", folder);
  return success();
}

}  // namespace boxoffice::http::auth
