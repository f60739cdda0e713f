// A file system under RocksDB and our own files that fails where it is told to, and can lose its
// power: then what was not synced is lost in part, as a disk loses it.
//
// It works on real files but never syncs them; instead it remembers what a sync would have made
// durable. Counted, in order, are the calls that change the disk: open to write, append, sync,
// directory sync, rename, delete. Files whose names begin with LOG (RocksDB's diary, its lock) are
// neither counted nor lost.
//
// Threads: any, but settle().
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace boxoffice::tests {

class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  enum class Failure {
    io_error,     ///< the call fails
    no_space,     ///< it and all later ones that need space fail
    short_write,  ///< an append writes half and fails; other calls just fail
    power_cut,    ///< it and all later calls fail, whatever they are
  };

  /// `graveyard`: an existing directory on the same disk, for files that were deleted but may come
  /// back.
  FaultyFileSystem(std::filesystem::path graveyard, std::uint64_t seed);

  /// The `index`-th call from now on, counted from 1, fails.
  void fail(std::uint64_t index, Failure how);
  /// Whether that call was reached.
  bool has_failed() const;
  std::uint64_t calls() const;

  /// From now on syncs of write-ahead files succeed and do nothing.
  void forget_syncs_of_the_log();

  /// From now on whatever is written in place fails, as head marks are.
  void fail_writes_in_place();

  /// Everything fails from now on.
  void cut_power();

  /// Makes the disk what a power cut now leaves: each file holds what was synced, and of the rest
  /// the beginning, or zeros up to the end of its block at most (as ext4 leaves them when it
  /// commits a size before the data). In a write-ahead file some may have turned into zeros or
  /// garbage anywhere (RocksDB refuses garbage in its manifest; ext4 leaves none). Of the
  /// creations, renames and deletions after the last sync of their directory a random number of
  /// the last ones is undone. REQUIRES: all files are closed.
  void settle();

  const char* Name() const override { return "FaultyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& name, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;

 private:
  class WritableFile;
  class RandomFile;
  class Directory;

  // What is durable of a file.
  struct File {
    std::uint64_t synced_bytes = 0;
    std::optional<std::string> synced_content;  // of one that is written in place
  };
  // A change of a directory that was not synced yet. An empty `to` is a creation.
  struct Change {
    std::filesystem::path from;
    std::filesystem::path to;
    std::filesystem::path replaced;  // where the file now is that stood at `to`; may be empty
    File replaced_file;
  };
  enum class Needs { space, in_place, nothing };
  struct Verdict {
    rocksdb::IOStatus status;
    bool half = false;
  };

  Verdict decide(Needs needs);
  void synced(const std::filesystem::path& path);
  void directory_synced(const std::filesystem::path& path);
  File state_of(const std::filesystem::path& path) const;
  std::filesystem::path bury(const std::filesystem::path& path);
  void undo(const Change& change);
  void lose_unsynced(const std::filesystem::path& path, const File& file);

  const std::filesystem::path graveyard_;
  mutable std::mutex mutex_;  // guards what follows
  std::mt19937_64 random_;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_at_ = 0;
  Failure how_ = Failure::io_error;
  bool failed_ = false;
  bool full_ = false;
  bool off_ = false;
  bool forgets_syncs_ = false;
  bool fails_in_place_ = false;
  std::uint64_t buried_ = 0;
  std::map<std::filesystem::path, File> files_;
  std::vector<Change> changes_;
};

}  // namespace boxoffice::tests
