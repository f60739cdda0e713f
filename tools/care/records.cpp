#include "tools/care/records.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "engine/snapshot_store.h"
#include "http/auth/private_file.h"
#include "http/json/decode.h"
#include "http/json/write.h"
#include "tools/backup/durable_file.h"

namespace boxoffice::tools::care {

namespace {

namespace fs = std::filesystem;
using http::api::LastBackup;
using http::api::LastSnapshot;
using http::api::LastVerify;

constexpr const char* backup_file = "last-backup.json";
constexpr const char* verify_file = "last-verify.json";
// A path and a fault's text are in them; nothing else is long.
constexpr std::size_t record_bytes_max = 64 * 1024;

template <class Record>
Result<std::optional<Record>> read(const fs::path& path) {
  auto text = http::auth::read_small_file(path, record_bytes_max);
  if (!text && text.error().kind == FaultKind::not_found) return std::optional<Record>();
  if (!text) return text.error();
  http::json::Issues issues;
  auto record = http::json::decode_body<Record>(text.value(), issues);
  if (record) return record;
  return fault(FaultKind::corrupt, path.string() + ": is not such a record; it can be deleted");
}

template <class Record>
Result<void> write(const fs::path& path, const Record& record) {
  TRY(const auto file, backup::DurableFile::create(path));
  TRY(file->write(http::json::to_json(record) + "\n"));
  std::error_code error;
  fs::permissions(file->path_now(), fs::perms(0644), error);
  return file->commit();
}

}  // namespace

Result<std::optional<LastBackup>> last_backup(const fs::path& data) {
  return read<LastBackup>(data / backup_file);
}

Result<std::optional<LastVerify>> last_verify(const fs::path& data) {
  return read<LastVerify>(data / verify_file);
}

Result<std::optional<LastSnapshot>> last_snapshot(const fs::path& data) {
  TRY(const auto files, engine::SnapshotStore(data / "snapshots").list());
  for (const auto& file : files) {
    struct stat found {};
    // Only the newest three are kept: an older one may just have gone.
    if (::stat(file.path.c_str(), &found) != 0) continue;
    const auto us = found.st_mtim.tv_sec * std::int64_t{1'000'000} + found.st_mtim.tv_nsec / 1'000;
    return std::optional(LastSnapshot{.time = Instant{us}, .position = file.position});
  }
  return std::optional<LastSnapshot>();
}

Result<void> note(const fs::path& data, const LastBackup& backup) {
  return write(data / backup_file, backup);
}

Result<void> note(const fs::path& data, const LastVerify& verify) {
  return write(data / verify_file, verify);
}

Instant machine_time() { return instant_of(std::chrono::system_clock::now()); }

}  // namespace boxoffice::tools::care
