// A file system that lets something happen in the middle of opening a database: after its manifest
// was opened, before its directory is listed.
#pragma once

#include <rocksdb/file_system.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace boxoffice::engine::log {

class InterruptedFileSystem : public rocksdb::FileSystemWrapper {
 public:
  /// `interruption` happens once.
  explicit InterruptedFileSystem(std::function<void()> interruption)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), interruption_(std::move(interruption)) {}

  const char* Name() const override { return "InterruptedFileSystem"; }

  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override {
    if (name.find("MANIFEST") != std::string::npos) manifest_opened_ = true;
    return FileSystemWrapper::NewSequentialFile(name, options, file, debug);
  }

  rocksdb::IOStatus GetChildren(const std::string& directory, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* debug) override {
    if (manifest_opened_ && interruption_) std::exchange(interruption_, nullptr)();
    return FileSystemWrapper::GetChildren(directory, options, names, debug);
  }

 private:
  std::function<void()> interruption_;
  bool manifest_opened_ = false;
};

}  // namespace boxoffice::engine::log
