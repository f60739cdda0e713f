// A file that appears under its name whole, or not at all: written beside it, synced, renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace boxoffice::tools::backup {

class DurableFile {
 public:
  /// Opens `path`.tmp, replacing what is there, readable by its owner only.
  static Result<std::unique_ptr<DurableFile>> create(const std::filesystem::path& path);
  /// Removes what was not committed.
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  Result<void> write(std::span<const std::uint8_t> bytes);
  Result<void> write(std::string_view text);
  /// Syncs, gives the file its name (in place of another) and syncs the folder.
  Result<void> commit();

  const std::filesystem::path& path_now() const { return temporary_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  DurableFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor);

  const std::filesystem::path path_;
  const std::filesystem::path temporary_;
  int descriptor_;
  std::uint64_t bytes_ = 0;
};

Result<void> write_durable_file(const std::filesystem::path& path, std::string_view text);

Result<void> sync_folder(const std::filesystem::path& folder);

/// Only one process at a time works on a folder: held until the object goes.
class FolderLock {
 public:
  /// Fault: `locked`.
  static Result<std::unique_ptr<FolderLock>> take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

}  // namespace boxoffice::tools::backup
