// Small files that only their owner may read: keys and `.env`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boxoffice::http::auth {

/// Creates the file at `path` (mode 0600) with `content`, unless a file is there already: it is
/// then left as it is and the result is false. The file appears whole or not at all, and is on disk
/// when this returns true: a temporary file beside it is written, synced and renamed, and the
/// folder is synced. Two processes may race; one of them gets true. Faults: `no_space`, `io`.
Result<bool> create_private_file(const std::filesystem::path& path, std::string_view content);

/// The bytes of the file at `path`, at most `bytes_max`. Faults: `not_found`; `invalid` when it is
/// larger or not a regular file; `io`.
Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t bytes_max);

}  // namespace boxoffice::http::auth
