#include "tools/backup/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace boxoffice::tools::backup {

namespace {

namespace fs = std::filesystem;

// REQUIRES: errno is that of the call that failed.
Fault system_fault(const char* what, const fs::path& path) {
  const int code = errno;
  return fault(
      code == ENOSPC || code == EDQUOT ? FaultKind::no_space : FaultKind::io,
      fmt::format("{}: cannot {}: {}", path.string(), what, std::generic_category().message(code)));
}

}  // namespace

DurableFile::DurableFile(fs::path path, fs::path temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

Result<std::unique_ptr<DurableFile>> DurableFile::create(const fs::path& path) {
  fs::path temporary = path.string() + ".tmp";
  const int descriptor =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_fault("create", temporary);
  return std::unique_ptr<DurableFile>(new DurableFile(path, std::move(temporary), descriptor));
}

DurableFile::~DurableFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

Result<void> DurableFile::write(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_fault("write", temporary_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    bytes_ += static_cast<std::uint64_t>(written);
  }
  return success();
}

Result<void> DurableFile::write(std::string_view text) {
  return write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> DurableFile::commit() {
  if (::fsync(descriptor_) != 0) return system_fault("sync", temporary_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return system_fault("name", path_);
  ::close(std::exchange(descriptor_, -1));
  return sync_folder(path_.parent_path());
}

Result<void> write_durable_file(const fs::path& path, std::string_view text) {
  TRY(const auto file, DurableFile::create(path));
  TRY(file->write(text));
  return file->commit();
}

Result<void> sync_folder(const fs::path& folder) {
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_fault("open", folder);
  const bool synced = ::fsync(descriptor) == 0;
  Result<void> out = success();
  if (!synced) out = system_fault("sync", folder);
  ::close(descriptor);
  return out;
}

Result<std::unique_ptr<FolderLock>> FolderLock::take(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_fault("open", folder);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    return std::unique_ptr<FolderLock>(new FolderLock(descriptor));
  }
  ::close(descriptor);
  return fault(FaultKind::locked, folder.string() + ": another backup is being written here");
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace boxoffice::tools::backup
