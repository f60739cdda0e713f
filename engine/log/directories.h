// Directories that are still there after a power cut: a file or directory is found again only when
// the directory that names it was synced.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
}

namespace boxoffice::engine::log {

Result<void> sync_directory(rocksdb::FileSystem& files, const std::filesystem::path& path);

/// Makes `path` and whichever of its parents are missing, durable on return.
Result<void> make_directories(rocksdb::FileSystem& files, const std::filesystem::path& path);

}  // namespace boxoffice::engine::log
