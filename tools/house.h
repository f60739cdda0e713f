// The open data directory: log, read models and engine, put together in order.
//
//   <data>/log/    the event log, the one truth         <data>/keys/   secrets that never enter it:
//                                                       without them nobody knows who is who
//   <data>/read/   read models, derived, deletable      <data>/snapshots/  states to start from,
//   <data>/head/   how far the log was durable                             derived, deletable
//   <data>/ballast to be deleted when the disk is full
//
// One process at a time: the log's lock decides.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/log/event_log.h"
#include "engine/snapshot_maker.h"
#include "projections/read_models.h"
#include "tools/config/config.h"
#include "tools/disk_space.h"
#include "tools/house_keys.h"
#include "tools/rebuild.h"

namespace boxoffice::tools {

/// The machine's real-time clock, but it never goes back: when it is set back, this one goes on at
/// the same pace until it is overtaken, so that locks still expire in time. Threads: any.
class MonotoneClock : public Clock {
 public:
  Instant now() override;
  /// From now on not before `t` (the log's last time).
  void start_at(Instant t);

 private:
  std::mutex mutex_;
  Instant last_;
  std::chrono::steady_clock::time_point last_steady_ = std::chrono::steady_clock::now();
};

class House {
 public:
  /// Opens and recovers, and starts the engine. A failure of the log later on ends the process
  /// within the call that noticed it: what was not answered is in the log or it is not, and only
  /// a new start can tell.
  static Result<std::unique_ptr<House>> open(const config::Config& config);

  /// Stops the engine (whatever was taken is finished), then writes the read models to disk.
  ~House();

  engine::Engine& engine() { return *engine_; }
  const projections::ReadModels& models() const { return *models_; }
  /// As ReadModels::tell_folds_to.
  void tell_folds_to(projections::FoldListener& listener) { models_->tell_folds_to(listener); }
  const engine::log::EventLog& event_log() const { return *log_; }
  const http::auth::FingerprintKey& fingerprint_key() const { return keys_->fingerprint_key(); }
  http::personal::PersonalData& personal() { return keys_->personal(); }

  /// The user with that e-mail address, in any case.
  std::optional<projections::UserView> user(std::string_view email) const {
    return models().user(keys_->personal().fingerprint_of_email(email));
  }
  Clock& clock() { return clock_; }

  /// Whether the disk has room for commands; when not, they are to be answered 503.
  bool has_space() { return !space_.is_low(); }

  struct FoldLag {
    std::chrono::milliseconds since_progress{};  ///< since it has folded something, or was opened
    /// Since the first frame that it has not folded, or since it was opened without it.
    std::chrono::milliseconds since_behind{};
  };
  /// By the name of the read model. Threads: any; waits for nobody.
  std::map<std::string, FoldLag> fold_lags() const;

  /// That read model was, and has folded what the others have: it is not behind any more.
  void made_anew(const std::string& name);

  /// To make read models anew (tools/rebuild.h).
  RebuildSite rebuild_site();

  /// Submits one command as the system and waits for what became of it.
  Result<engine::Reply> call(engine::domain::Command command);

 private:
  class Folder;
  class Waiting;
  explicit House(const std::filesystem::path& data);

  DiskSpace space_;
  MonotoneClock clock_;
  std::unique_ptr<engine::log::EventLog> log_;
  std::unique_ptr<HouseKeys> keys_;
  std::unique_ptr<projections::ReadModels> models_;
  std::unique_ptr<Folder> folder_;
  std::unique_ptr<Waiting> waiting_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::SnapshotMaker> snapshots_;
};

}  // namespace boxoffice::tools
