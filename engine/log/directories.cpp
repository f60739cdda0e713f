#include "engine/log/directories.h"

#include <rocksdb/file_system.h>

#include <memory>

#include "engine/log/rocksdb_settings.h"

namespace boxoffice::engine::log {

Result<void> sync_directory(rocksdb::FileSystem& files, const std::filesystem::path& path) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  auto status = files.NewDirectory(path.string(), {}, &directory, nullptr);
  if (!status.ok()) return to_fault(status, "cannot open", path);
  status = directory->Fsync({}, nullptr);
  if (!status.ok()) return to_fault(status, "cannot sync", path);
  return success();
}

Result<void> make_directories(rocksdb::FileSystem& files, const std::filesystem::path& path) {
  if (files.FileExists(path.string(), {}, nullptr).ok()) return success();
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (parent != path) {
    TRY(make_directories(files, parent));
  }
  const auto status = files.CreateDirIfMissing(path.string(), {}, nullptr);
  if (!status.ok()) return to_fault(status, "cannot create", path);
  return sync_directory(files, parent);
}

}  // namespace boxoffice::engine::log
