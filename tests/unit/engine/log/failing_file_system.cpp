#include "tests/unit/engine/log/failing_file_system.h"

#include <string>
#include <utility>

namespace boxoffice::engine::log {

namespace {

class FailingFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<bool>& failing)
      : FSWritableFileOwnerWrapper(std::move(file)), failing_(failing) {}

  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    if (failing_) return rocksdb::IOStatus::IOError("the disk says no");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  const std::atomic<bool>& failing_;
};

}  // namespace

rocksdb::IOStatus FailingFileSystem::NewWritableFile(const std::string& name,
                                                     const rocksdb::FileOptions& options,
                                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                     rocksdb::IODebugContext* debug) {
  const auto status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
  if (status.ok() && name.ends_with(".log")) {
    *file = std::make_unique<FailingFile>(std::move(*file), failing_);
  }
  return status;
}

}  // namespace boxoffice::engine::log
