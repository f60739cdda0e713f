// A file system whose syncs of write-ahead files can be made to fail: the disk that says no.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace boxoffice::engine::log {

class FailingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  FailingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  /// From now on every sync of a write-ahead file fails.
  void fail_syncs() { failing_ = true; }

  const char* Name() const override { return "FailingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

 private:
  std::atomic<bool> failing_{false};
};

}  // namespace boxoffice::engine::log
