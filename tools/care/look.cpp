#include "tools/care/look.h"

#include <system_error>

#include "tools/care/records.h"
#include "tools/disk_space.h"

namespace boxoffice::tools::care {

namespace fs = std::filesystem;

namespace {

std::int64_t bytes_in(const fs::path& folder) {
  std::int64_t sum = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    // A file that is just being removed counts as gone.
    std::error_code gone;
    const auto bytes = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (!gone) sum += static_cast<std::int64_t>(bytes);
  }
  return sum;
}

}  // namespace

http::api::DiskFigures space_of(const fs::path& data) {
  http::api::DiskFigures disk;
  std::error_code error;
  const auto space = fs::space(data, error);
  disk.free_bytes = error ? 0 : static_cast<std::int64_t>(space.available);
  disk.free_bytes_min = static_cast<std::int64_t>(free_space_min_bytes);
  disk.low = disk.free_bytes < disk.free_bytes_min;
  return disk;
}

void add_folders(const fs::path& data, http::api::DiskFigures& disk) {
  disk.log_bytes = bytes_in(data / "log");
  disk.read_bytes = bytes_in(data / "read");
}

void add_last_care(const fs::path& data, http::api::HouseStatus& status) {
  if (auto found = last_snapshot(data)) status.last_snapshot = std::move(found).value();
  auto backup = last_backup(data);
  if (!backup) status.last_backup_fault = backup.error().text;
  if (backup) status.last_backup = std::move(backup).value();
  auto verify = last_verify(data);
  if (!verify) status.last_verify_fault = verify.error().text;
  if (verify) status.last_verify = std::move(verify).value();
}

}  // namespace boxoffice::tools::care
