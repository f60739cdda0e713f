#include "tests/support/faulty_file_system.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace boxoffice::tests {

namespace {

namespace fs = std::filesystem;
using rocksdb::IOStatus;

bool is_counted(const fs::path& path) { return !path.filename().string().starts_with("LOG"); }

std::string content_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

void set_content(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

class FaultyFileSystem::WritableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyFileSystem& files,
               fs::path path)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
    const Verdict verdict = files_.decide(Needs::space);
    if (verdict.status.ok()) return FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (verdict.half) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      FSWritableFileOwnerWrapper::Append(half, options, debug).PermitUncheckedError();
    }
    return verdict.status;
  }
  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    IOStatus status = files_.decide(Needs::nothing).status;
    if (status.ok()) files_.synced(path_);
    return status;
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&,
                     rocksdb::IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  FaultyFileSystem& files_;
  const fs::path path_;
};

class FaultyFileSystem::RandomFile : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  RandomFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, FaultyFileSystem& files, fs::path path)
      : FSRandomRWFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data,
                 const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    const Verdict verdict = files_.decide(Needs::in_place);
    if (verdict.status.ok()) {
      return FSRandomRWFileOwnerWrapper::Write(offset, data, options, debug);
    }
    if (verdict.half) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      FSRandomRWFileOwnerWrapper::Write(offset, half, options, debug).PermitUncheckedError();
    }
    return verdict.status;
  }
  IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    IOStatus status = files_.decide(Needs::nothing).status;
    if (status.ok()) files_.synced(path_);
    return status;
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyFileSystem& files_;
  const fs::path path_;
};

class FaultyFileSystem::Directory : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(std::unique_ptr<rocksdb::FSDirectory> directory, FaultyFileSystem& files, fs::path path)
      : FSDirectoryWrapper(std::move(directory)), files_(files), path_(std::move(path)) {}

  IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    IOStatus status = files_.decide(Needs::nothing).status;
    if (status.ok()) files_.directory_synced(path_);
    return status;
  }
  IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  FaultyFileSystem& files_;
  const fs::path path_;
};

FaultyFileSystem::FaultyFileSystem(fs::path graveyard, std::uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      graveyard_(std::move(graveyard)),
      random_(seed) {}

void FaultyFileSystem::fail(std::uint64_t index, Failure how) {
  const std::lock_guard lock(mutex_);
  fail_at_ = calls_ + index;
  how_ = how;
}

bool FaultyFileSystem::has_failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

std::uint64_t FaultyFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FaultyFileSystem::forget_syncs_of_the_log() {
  const std::lock_guard lock(mutex_);
  forgets_syncs_ = true;
}

void FaultyFileSystem::fail_writes_in_place() {
  const std::lock_guard lock(mutex_);
  fails_in_place_ = true;
}

void FaultyFileSystem::cut_power() {
  const std::lock_guard lock(mutex_);
  off_ = true;
}

FaultyFileSystem::Verdict FaultyFileSystem::decide(Needs needs) {
  const std::lock_guard lock(mutex_);
  const auto refused = IOStatus::IOError("the disk failed");
  if (off_) return {refused};
  if (fails_in_place_ && needs == Needs::in_place) return {refused};
  if (full_ && needs == Needs::space) return {IOStatus::NoSpace("the disk is full")};
  if (++calls_ != fail_at_) return {IOStatus::OK()};
  failed_ = true;
  off_ = how_ == Failure::power_cut;
  full_ = how_ == Failure::no_space;
  if (full_) return {IOStatus::NoSpace("the disk is full")};
  return {refused, how_ == Failure::short_write};
}

void FaultyFileSystem::synced(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  if (forgets_syncs_ && path.extension() == ".log") return;
  const auto at = files_.find(path);
  if (at == files_.end()) return;
  if (at->second.synced_content) at->second.synced_content = content_of(path);
  at->second.synced_bytes = fs::file_size(path);
}

void FaultyFileSystem::directory_synced(const fs::path& path) {
  const std::lock_guard lock(mutex_);
  std::erase_if(changes_, [&](const Change& change) {
    return (change.to.empty() ? change.from : change.to).parent_path() == path;
  });
}

// A file that was there before is durable.
FaultyFileSystem::File FaultyFileSystem::state_of(const fs::path& path) const {
  const auto at = files_.find(path);
  return at != files_.end() ? at->second : File{fs::file_size(path), std::nullopt};
}

fs::path FaultyFileSystem::bury(const fs::path& path) {
  const fs::path grave = graveyard_ / std::to_string(++buried_);
  fs::rename(path, grave);
  return grave;
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& name,
                                           const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                                           rocksdb::IODebugContext* debug) {
  if (!is_counted(name)) return FileSystemWrapper::NewWritableFile(name, options, file, debug);
  const Verdict verdict = decide(Needs::space);
  if (!verdict.status.ok()) return verdict.status;
  const bool existed = fs::exists(name);
  IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
  if (!status.ok()) return status;
  *file = std::make_unique<WritableFile>(std::move(*file), *this, name);
  const std::lock_guard lock(mutex_);
  files_[name] = {};
  if (!existed) changes_.push_back({.from = name, .to = {}, .replaced = {}, .replaced_file = {}});
  return status;
}

IOStatus FaultyFileSystem::NewRandomRWFile(const std::string& name,
                                           const rocksdb::FileOptions& options,
                                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                           rocksdb::IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewRandomRWFile(name, options, file, debug);
  if (!status.ok()) return status;
  *file = std::make_unique<RandomFile>(std::move(*file), *this, name);
  const std::lock_guard lock(mutex_);
  const auto at = files_.find(name);
  // Of a file that this run made, what was not synced may still be lost.
  const std::uint64_t durable = at != files_.end() ? at->second.synced_bytes : fs::file_size(name);
  files_[name] = {durable, content_of(name).substr(0, durable)};
  return status;
}

IOStatus FaultyFileSystem::NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                                        rocksdb::IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
  if (!status.ok()) return status;
  *directory = std::make_unique<Directory>(std::move(*directory), *this, name);
  return status;
}

IOStatus FaultyFileSystem::DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                      rocksdb::IODebugContext* debug) {
  if (!is_counted(name)) return FileSystemWrapper::DeleteFile(name, options, debug);
  const Verdict verdict = decide(Needs::nothing);
  if (!verdict.status.ok()) return verdict.status;
  if (!fs::exists(name)) return FileSystemWrapper::DeleteFile(name, options, debug);
  const std::lock_guard lock(mutex_);
  const File file = state_of(name);
  changes_.push_back({.from = {}, .to = name, .replaced = bury(name), .replaced_file = file});
  files_.erase(name);
  return IOStatus::OK();
}

IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to,
                                      const rocksdb::IOOptions& options,
                                      rocksdb::IODebugContext* debug) {
  if (!is_counted(from)) return FileSystemWrapper::RenameFile(from, to, options, debug);
  const Verdict verdict = decide(Needs::nothing);
  if (!verdict.status.ok()) return verdict.status;
  const std::lock_guard lock(mutex_);
  Change change{.from = from, .to = to, .replaced = {}, .replaced_file = {}};
  if (fs::exists(to)) {
    change.replaced_file = state_of(to);
    change.replaced = bury(to);
  }
  const File file = state_of(from);
  IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  files_[to] = file;
  files_.erase(from);
  changes_.push_back(std::move(change));
  return status;
}

IOStatus FaultyFileSystem::CreateDirIfMissing(const std::string& name,
                                              const rocksdb::IOOptions& options,
                                              rocksdb::IODebugContext* debug) {
  if (fs::exists(name)) return IOStatus::OK();
  const Verdict verdict = decide(Needs::space);
  if (!verdict.status.ok()) return verdict.status;
  IOStatus status = FileSystemWrapper::CreateDirIfMissing(name, options, debug);
  const std::lock_guard lock(mutex_);
  changes_.push_back({.from = name, .to = {}, .replaced = {}, .replaced_file = {}});
  return status;
}

void FaultyFileSystem::undo(const Change& change) {
  std::error_code gone;  // with a directory that was undone before it
  if (change.to.empty()) {
    fs::remove_all(change.from, gone);
    files_.erase(change.from);
    return;
  }
  if (!change.from.empty()) {
    fs::rename(change.to, change.from, gone);
    files_[change.from] = files_[change.to];
    files_.erase(change.to);
  }
  if (change.replaced.empty()) return;
  fs::rename(change.replaced, change.to, gone);
  files_[change.to] = change.replaced_file;
}

void FaultyFileSystem::lose_unsynced(const fs::path& path, const File& file) {
  std::string bytes = content_of(path);
  const auto below = [this](std::uint64_t n) { return n == 0 ? 0 : random_() % n; };
  if (file.synced_content) {  // written in place: any part of it may be old
    std::string mixed = *file.synced_content;
    const std::size_t from = below(bytes.size() + 1);
    const std::size_t size = below(bytes.size() - from + 1);
    if (mixed.size() < bytes.size()) mixed.resize(bytes.size());
    if (mixed != bytes) mixed.replace(from, size, bytes.substr(from, size));
    set_content(path, mixed);
    return;
  }
  if (bytes.size() <= file.synced_bytes) return;
  bytes.resize(file.synced_bytes + below(bytes.size() - file.synced_bytes + 1));
  if (path.extension() != ".log") {
    if (below(2) == 0) {  // the size went ahead of the data, within the block that was there
      constexpr std::uint64_t block_bytes = 4096;
      const std::uint64_t end = (file.synced_bytes / block_bytes + 1) * block_bytes;
      bytes.resize(std::min(bytes.size(), end));
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(file.synced_bytes), bytes.end(), '\0');
    }
    set_content(path, bytes);
    return;
  }
  const std::uint64_t lost = below(2) == 0 ? 0 : below(bytes.size() - file.synced_bytes + 1);
  const char fill = below(2) == 0 ? '\0' : '\xA5';
  const std::uint64_t at = file.synced_bytes + below(bytes.size() - file.synced_bytes - lost + 1);
  bytes.replace(at, lost, lost, fill);
  set_content(path, bytes);
}

void FaultyFileSystem::settle() {
  const std::lock_guard lock(mutex_);
  off_ = true;
  const std::size_t kept =
      random_() % 2 == 0 ? 0 : static_cast<std::size_t>(random_() % (changes_.size() + 1));
  while (changes_.size() > kept) {
    undo(changes_.back());
    changes_.pop_back();
  }
  for (const auto& [path, file] : files_) {
    if (fs::is_regular_file(path)) lose_unsynced(path, file);
  }
}

}  // namespace boxoffice::tests
