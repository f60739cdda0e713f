#include "engine/snapshot_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/fail_point.h"

namespace boxoffice::engine {

namespace {

constexpr std::string_view name_begins = "snapshot-";
constexpr std::string_view unfinished = ".tmp";

Fault system_fault(std::string_view doing, const std::filesystem::path& path, int error) {
  return fault(error == ENOSPC ? FaultKind::no_space : FaultKind::io,
               fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(error)));
}

// Twenty digits, so that names sort as positions.
std::string name_of(Position position) {
  return fmt::format("{}{:020}", name_begins, position.value);
}

std::optional<Position> position_in(std::string_view name) {
  if (!name.starts_with(name_begins)) return std::nullopt;
  name.remove_prefix(name_begins.size());
  Position::rep value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size() || name.size() != 20) {
    return std::nullopt;
  }
  return Position(value);
}

class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

Result<void> write_all(const OpenFile& file, std::string_view bytes,
                       const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_fault("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.descriptor()) != 0) return system_fault("sync", path, errno);
  return success();
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
  const OpenFile file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return system_fault("create", path, errno);
  return write_all(file, bytes, path);
}

// What was created and renamed in it is there after a power cut only after this.
Result<void> sync_directory(const std::filesystem::path& path) {
  const OpenFile directory(path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return system_fault("open", path, errno);
  if (::fsync(directory.descriptor()) != 0) return system_fault("sync", path, errno);
  return success();
}

void remove_quietly(const std::filesystem::path& path) {
  std::error_code ignored;  // it is tried again with the next snapshot
  std::filesystem::remove(path, ignored);
}

}  // namespace

Result<std::vector<SnapshotFile>> SnapshotStore::list() const {
  std::vector<SnapshotFile> found;
  std::error_code error;
  std::filesystem::directory_iterator at(directory_, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  if (error) return system_fault("list", directory_, error.value());
  for (; at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (error) return system_fault("list", directory_, error.value());
    const auto position = position_in(at->path().filename().string());
    if (!position) continue;
    std::error_code gone;  // pruned by the server meanwhile
    const auto size = at->file_size(gone);
    if (!gone) found.push_back({at->path(), *position, size});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.position > b.position; });
  return found;
}

Result<Snapshot> SnapshotStore::load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    const bool is_there = std::filesystem::exists(path);
    return fault(is_there ? FaultKind::io : FaultKind::not_found, "cannot read " + path.string());
  }
  auto snapshot =
      decode_snapshot({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!snapshot) {
    return fault(snapshot.error().kind, path.string() + ": " + snapshot.error().text);
  }
  if (position_in(path.filename().string()) != snapshot.value().head.last) {
    return fault(FaultKind::corrupt, path.string() + ": is of another position than its name says");
  }
  return snapshot;
}

Result<std::optional<Snapshot>> SnapshotStore::newest(
    const log::EventLog& log, const std::function<void(const Fault&)>& skipped) const {
  TRY(const auto files, list());
  for (const SnapshotFile& file : files) {
    auto snapshot = load(file.path);
    if (!snapshot) {
      skipped(snapshot.error());
      continue;
    }
    const auto belongs = check_is_of_log(snapshot.value(), log);
    if (belongs) return std::optional(std::move(snapshot).value());
    skipped(fault(belongs.error().kind, file.path.string() + ": " + belongs.error().text));
  }
  return std::optional<Snapshot>();
}

Result<SnapshotFile> SnapshotStore::write(const Snapshot& snapshot) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return system_fault("create", directory_, error.value());
  const auto path = directory_ / name_of(snapshot.head.last);
  auto draft = path;
  draft += unfinished;
  const std::string bytes = encode_snapshot(snapshot);
  const auto written = write_file(draft, bytes);
  if (!written) {
    remove_quietly(draft);
    return written.error();
  }
  fail_point(FailPoint::before_snapshot_rename);
  if (::rename(draft.c_str(), path.c_str()) != 0) return system_fault("rename", draft, errno);
  TRY(sync_directory(directory_));
  fail_point(FailPoint::after_snapshot_rename);

  TRY(const auto files, list());
  std::size_t kept = 0;
  for (const SnapshotFile& file : files) {
    // One from beyond this log's end is of another log, and must not displace those of this one.
    const bool is_ours = file.position <= snapshot.head.last;
    if (!is_ours || ++kept > snapshots_kept) remove_quietly(file.path);
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    if (entry.path().extension() == unfinished) remove_quietly(entry.path());
  }
  return SnapshotFile{path, snapshot.head.last, bytes.size()};
}

Result<void> check_is_of_log(const Snapshot& snapshot, const log::EventLog& log) {
  const log::Head& head = snapshot.head;
  if (head.last > log.head().last) {
    return fault(FaultKind::corrupt, fmt::format("is of position {}, the log ends at {}",
                                                 head.last.value, log.head().last.value));
  }
  TRY(const auto frame, log.read(head.last)->next());
  if (!frame || frame->last() != head.last || frame->hash != head.chain) {
    return fault(FaultKind::corrupt,
                 fmt::format("is of another log: at position {} the chain is not the same",
                             head.last.value));
  }
  return success();
}

}  // namespace boxoffice::engine
