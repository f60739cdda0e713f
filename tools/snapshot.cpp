#include "tools/snapshot.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <vector>

#include "engine/domain/digest.h"
#include "engine/log/rocksdb_log.h"
#include "engine/replay.h"
#include "engine/snapshot_maker.h"
#include "tools/progress.h"

namespace boxoffice::tools {

namespace {

engine::SnapshotStore store_of(const config::Config& config) {
  return engine::SnapshotStore(config.data_directory / "snapshots");
}

Result<std::unique_ptr<engine::log::EventLog>> open_log(const config::Config& config) {
  return engine::log::open_rocksdb_log({.directory = config.data_directory / "log",
                                        .head_directory = config.data_directory / "head",
                                        .read_only = true});
}

void print(const engine::SnapshotFile& file, const std::string& state, bool json) {
  // States are our own words and file names digits: nothing needs escaping.
  const auto line =
      json ? fmt::format(R"({{"position":{},"bytes":{},"state":"{}","file":"{}"}})",
                         file.position.value, file.size_bytes, state, file.path.filename().string())
           : fmt::format("{:>20} {:>14} bytes  {}  {}", file.position.value, file.size_bytes,
                         file.path.filename().string(), state);
  std::puts(line.c_str());
}

// What was found in each file, by position, until the replay has passed it.
struct Expected {
  engine::log::Head head;
  StateDigest digest;
  std::string state;
};

void compare(std::map<Position, Expected>& expected, const engine::log::StoredFrame& stored,
             const engine::domain::State& state) {
  const auto at = expected.find(stored.last());
  if (at == expected.end() || !at->second.state.empty()) return;
  const bool same =
      at->second.head.chain == stored.hash && at->second.digest == engine::domain::digest_of(state);
  at->second.state = same ? "verified" : "differs";
}

Result<void> replay_past(const engine::log::EventLog& log, std::map<Position, Expected>& expected) {
  engine::domain::State state;
  engine::FrameReader reader(log.read(Position(1)));
  Progress progress(standard_talk(), "replaying", expected.rbegin()->first.value);
  while (state.position < expected.rbegin()->first) {
    TRY(const auto* const read, reader.next());
    if (read == nullptr) break;
    TRY(engine::apply_frame(state, *read));
    compare(expected, read->stored, state);
    progress.at(read->stored.last().value);
  }
  return success();
}

}  // namespace

Result<void> snapshot_create(const config::Config& config) {
  TRY(const auto log, open_log(config));
  auto store = store_of(config);
  Progress progress(standard_talk(), "replaying", log->head().last.value);
  TRY(const auto made,
      engine::make_snapshot(*log, store, [&](const events::Frame& frame) -> Result<void> {
        progress.at(frame.last().value);
        return success();
      }));
  std::puts(made
                ? fmt::format("{} written, {} bytes", made->path.string(), made->size_bytes).c_str()
                : "the newest snapshot is of the log's end already");
  return success();
}

Result<void> snapshot_list(const config::Config& config, bool json) {
  TRY(const auto files, store_of(config).list());
  for (const auto& file : files) {
    const auto loaded = engine::SnapshotStore::load(file.path);
    print(file, loaded ? "sound" : "damaged", json);
  }
  return success();
}

Result<void> snapshot_verify(const config::Config& config, bool json) {
  TRY(const auto log, open_log(config));
  TRY(const auto listed, store_of(config).list());
  std::vector<engine::SnapshotFile> files;
  std::map<Position, Expected> expected;
  for (const auto& file : listed) {
    const auto loaded = engine::SnapshotStore::load(file.path);
    // A running server keeps the newest three: an older one may just have gone.
    if (!loaded && loaded.error().kind == FaultKind::not_found) continue;
    files.push_back(file);
    Expected& entry = expected[file.position];
    if (loaded) {
      entry.head = loaded.value().head;
      entry.digest = engine::domain::digest_of(loaded.value().state);
    } else {
      entry.state = "damaged";
    }
  }
  if (files.empty()) return success();
  TRY(replay_past(*log, expected));
  std::size_t wrong = 0;
  for (const auto& file : files) {
    Expected& entry = expected.at(file.position);
    if (entry.state.empty()) entry.state = "not of this log";
    if (entry.state != "verified") ++wrong;
    print(file, entry.state, json);
  }
  if (wrong == 0) return success();
  return fault(
      FaultKind::corrupt,
      fmt::format("{} of {} snapshots cannot be used; they can be deleted, the log is whole", wrong,
                  files.size()));
}

}  // namespace boxoffice::tools
