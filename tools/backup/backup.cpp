#include "tools/backup/backup.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "engine/engine.h"
#include "engine/log/durable_view.h"
#include "engine/log/log_import.h"
#include "engine/log/rocksdb_log.h"
#include "tools/backup/durable_file.h"
#include "tools/backup/keys.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::backup {

namespace {

namespace fs = std::filesystem;
using engine::log::EventLog;
using engine::log::Head;
using engine::log::StoredFrame;

// Where a restore works until it is known to be good.
constexpr const char* unfinished = ".restoring";

Result<void> make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return success();
  return fault(FaultKind::io, fmt::format("cannot create {}: {}", path.string(), error.message()));
}

// A folder with anything else in it is somebody's mistake.
Result<void> check_place(const Backup& backup) {
  if (!backup.segments.empty()) return success();
  for (const auto& entry : fs::directory_iterator(backup.directory)) {
    const std::string name = entry.path().filename().string();
    const auto first = segment_path({}, 1).string();
    if (name == first || name == first + ".tmp" || name == "keys.json" ||
        name == manifest_path({}, 1).string() + ".tmp") {
      continue;  // a first backup that was not finished
    }
    return fault(FaultKind::invalid, fmt::format("{}: is neither empty nor a backup ({})",
                                                 backup.directory.string(), name));
  }
  return success();
}

// A cursor behind the backup's last frame, which the log must have, too.
Result<std::unique_ptr<engine::log::FrameCursor>> continue_after(const EventLog& log,
                                                                 const Backup& backup) {
  const Head end = backup.head();
  if (!end.last) return log.read(Position(1));
  TRY(const auto first, log.read(Position(1))->next());
  if (!first || to_hex(first->hash.bytes) != backup.segments.front().log) {
    return fault(FaultKind::differs,
                 fmt::format("{}: is a backup of another log", backup.directory.string()));
  }
  if (log.head().last < end.last) {
    return fault(FaultKind::differs,
                 fmt::format("the log ends at position {}, its backup in {} at {}: the log lost "
                             "its end",
                             log.head().last.value, backup.directory.string(), end.last.value));
  }
  auto cursor = log.read(end.last);
  TRY(const auto frame, cursor->next());
  if (frame && frame->last() == end.last && frame->hash == end.chain) return cursor;
  return fault(FaultKind::differs,
               fmt::format("the log at position {} is not what was backed up in {}: it was "
                           "rewritten since",
                           end.last.value, backup.directory.string()));
}

bool is_within(const StoredFrame& frame, const Until& until) {
  return (!until.position || frame.last() <= *until.position) &&
         (!until.time || frame.time <= *until.time);
}

// The backup's frames as a log in `target`/log, with its head mark. Segments beyond the limit are
// checked all the same: a damaged backup is refused whatever is asked of it.
Result<Restored> import_frames(const Backup& backup, const fs::path& target, const Until& until,
                               Talk talk) {
  Progress progress(talk, "restoring", backup.head().last.value);
  TRY(const auto import, engine::log::LogImport::create(target / "log", target / "head"));
  Restored out;
  bool ended = false;
  for (const Manifest& manifest : backup.segments) {
    TRY(walk_segment(
        backup, manifest,
        [&](const StoredFrame& frame, std::span<const std::uint8_t> bytes) -> Result<void> {
          progress.at(frame.last().value);
          ended = ended || !is_within(frame, until);
          if (ended) return success();
          out.time = frame.time;
          return import->add(bytes);
        }));
  }
  TRY(out.head, import->finish());
  if (out.head.last) return out;
  return fault(FaultKind::not_found,
               fmt::format("{}: has no events up to there", backup.directory.string()));
}

// As the engine will read it at its start.
Result<void> check_by_replay(const fs::path& data, const Head& expected, Talk talk) {
  TRY(const auto log,
      engine::log::open_rocksdb_log(
          {.directory = data / "log", .head_directory = data / "head", .read_only = true}));
  if (log->head() != expected) {
    return fault(FaultKind::corrupt, "the restored log does not end where the backup does");
  }
  Progress progress(talk, "replaying", expected.last.value);
  TRY(engine::replay(*log, [&](const events::Frame& frame) -> Result<void> {
    progress.at(frame.last().value);
    return success();
  }));
  return success();
}

Result<Restored> restore_into(const Backup& backup, const fs::path& data, const Until& until,
                              Talk talk) {
  const fs::path work = data / unfinished;
  TRY(make_directory(work));
  TRY(auto restored, import_frames(backup, work, until, talk));
  TRY(check_by_replay(work, restored.head, talk));
  TRY(restored.keys, restore_keys(backup.directory, work / "keys"));
  std::error_code error;
  if (restored.keys) fs::rename(work / "keys", data / "keys", error);
  if (!error) fs::rename(work / "head", data / "head", error);
  // The log last: without it, the directory is none that a server would start from.
  if (!error) fs::rename(work / "log", data / "log", error);
  if (!error) fs::remove(work, error);
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("cannot finish {}: {}", data.string(), error.message()));
  }
  TRY(sync_folder(data));
  return restored;
}

}  // namespace

Fault no_backup(const fs::path& directory) {
  return fault(FaultKind::not_found, directory.string() + ": there is no backup in it");
}

Result<Created> create(const fs::path& data, const fs::path& directory, bool with_keys, Instant now,
                       Talk talk) {
  TRY(make_directory(directory));
  TRY(const auto lock, FolderLock::take(directory));
  TRY(const Backup backup, open_backup(directory));
  TRY(check_place(backup));
  TRY(const auto log, engine::log::open_durable_view(data / "log", data / "head"));
  TRY(const auto cursor, continue_after(*log, backup));
  Progress progress(talk, "saving", log->head().last.value);
  TRY(const std::uint64_t frames, add_segment(backup, *cursor, to_string(now), progress));
  // After the frames, so that no frame needs a key that came too late.
  if (with_keys) {
    TRY(save_keys(data / "keys", directory));
  }
  return Created{frames, log->head().last};
}

Result<Backup> verify(const fs::path& directory, const std::optional<std::int64_t>& number,
                      Talk talk) {
  TRY(auto backup, open_backup(directory));
  if (backup.segments.empty()) return no_backup(directory);
  Progress progress(talk, "verifying", backup.head().last.value);
  if (number && (*number < 1 || *number > static_cast<std::int64_t>(backup.segments.size()))) {
    return fault(FaultKind::not_found,
                 fmt::format("{}: has no segment {}", directory.string(), *number));
  }
  for (const Manifest& manifest : backup.segments) {
    if (number && manifest.number != *number) continue;
    TRY(walk_segment(backup, manifest,
                     [&](const StoredFrame& frame, std::span<const std::uint8_t>) -> Result<void> {
                       progress.at(frame.last().value);
                       return success();
                     }));
  }
  TRY(check_keys(directory));
  return backup;
}

Result<Restored> restore(const fs::path& directory, const fs::path& data, const Until& until,
                         Talk talk) {
  TRY(const Backup backup, open_backup(directory));
  if (backup.segments.empty()) return no_backup(directory);
  std::error_code error;
  const bool existed = fs::exists(data, error);
  if (existed && !fs::is_empty(data, error)) {
    return fault(FaultKind::invalid,
                 data.string() + ": is not empty; a backup is restored into a new directory");
  }
  TRY(make_directory(data));
  auto restored = restore_into(backup, data, until, talk);
  if (!restored) {
    fs::remove_all(data / unfinished, error);
    fs::remove_all(data / "keys", error);
    if (!existed) fs::remove(data, error);
  }
  return restored;
}

}  // namespace boxoffice::tools::backup
