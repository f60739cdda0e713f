#include "tools/house.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/domain/evolve.h"
#include "engine/log/rocksdb_log.h"
#include "tools/care/records.h"
#include "tools/exit_codes.h"
#include "tools/logging.h"
#include "tools/prepared_models.h"

namespace boxoffice::tools {

Instant MonotoneClock::now() {
  const std::lock_guard lock(mutex_);
  const auto steady = std::chrono::steady_clock::now();
  const Instant paced = last_ + std::chrono::duration_cast<Duration>(steady - last_steady_);
  last_ = std::max(care::machine_time(), paced);
  last_steady_ = steady;
  return last_;
}

void MonotoneClock::start_at(Instant t) {
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_, t);
  last_steady_ = std::chrono::steady_clock::now();
}

// Shows each durable frame to the read models. Before that it destroys the keys of those who were
// erased in it: their answer leaves when neither the key nor the row is there any more.
class House::Folder : public engine::FrameListener {
 public:
  Folder(projections::ReadModels& models, Position head) : models_(models) {
    const auto now = SteadyClock::now();
    for (const auto& status : models.status()) {
      folded(status.name);
      if (status.position < head) times_[status.name].behind = now;
    }
  }

  // It may have stopped again meanwhile.
  void made_anew(const std::string& name) {
    const std::lock_guard lock(folding_);
    for (const auto& status : models_.status()) {
      if (status.name == name && status.stopped.empty()) folded(name);
    }
  }

  std::mutex& folding() { return folding_; }

  std::map<std::string, FoldLag> lags() const {
    const std::lock_guard lock(times_mutex_);
    std::map<std::string, FoldLag> out;
    const auto now = SteadyClock::now();
    const auto since = [&](SteadyClock::time_point at) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(now - at);
    };
    for (const auto& [name, times] : times_) {
      out[name] = {.since_progress = since(times.folded),
                   .since_behind = times.behind ? since(*times.behind) : FoldLag().since_behind};
    }
    return out;
  }

  /// From the next frame on. Keys of the frames before are the caller's business.
  void destroy_keys_in(http::personal::UserKeys& keys) { keys_ = &keys; }

  // A read model that cannot go on answers no more, and the others do. Operators are told once.
  Result<void> on_frame(const events::Frame& frame) override {
    came();
    TRY(destroy_keys(frame));
    const std::lock_guard lock(folding_);
    TRY(models_.apply(frame));
    for (const auto& status : models_.status()) {
      if (status.position >= frame.last()) folded(status.name);
      if (status.stopped.empty() || !told_.insert(status.stopped).second) continue;
      log(LogLevel::error,
          fmt::format("read model {} has stopped: {}; `boxoffice projections rebuild {}` makes it "
                      "anew",
                      status.name, status.stopped, status.name));
    }
    return success();
  }

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Times {
    SteadyClock::time_point folded;
    std::optional<SteadyClock::time_point> behind;  // when the first frame came that is not folded
  };

  void came() {
    const std::lock_guard lock(times_mutex_);
    const auto now = SteadyClock::now();
    for (auto& [name, times] : times_) {
      if (!times.behind) times.behind = now;
    }
  }
  void folded(const std::string& name) {
    const std::lock_guard lock(times_mutex_);
    times_[name] = {.folded = SteadyClock::now(), .behind = std::nullopt};
  }

  Result<void> destroy_keys(const events::Frame& frame) {
    if (keys_ == nullptr) return success();
    std::vector<UserKeyName> keys;
    for (const events::Event& event : frame.events) {
      const auto* erased = std::get_if<events::UserErased>(&event.body);
      if (erased != nullptr) keys.push_back({erased->key, {}});
    }
    return keys_->destroy(keys);
  }

  http::personal::UserKeys* keys_ = nullptr;
  projections::ReadModels& models_;
  std::mutex folding_;

  mutable std::mutex times_mutex_;  // guards what follows; never held for long
  std::map<std::string, Times> times_;
  std::set<std::string> told_;  // why read models have stopped
};

// One caller at a time waits for one reply.
class House::Waiting : public engine::ReplySink {
 public:
  void deliver(std::vector<engine::Reply> replies) override {
    const std::lock_guard lock(mutex_);
    reply_ = std::move(replies.front());
    came_.notify_one();
  }
  engine::Reply take() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return reply_.has_value(); });
    return *std::exchange(reply_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<engine::Reply> reply_;
};

namespace {

// The log or the read models failed. Nothing is answered any more; clients see the connection
// close, and their retries with the same Idempotency-Key settle what became of their requests.
[[noreturn]] void end_the_process(const Fault& why) {
  log(LogLevel::error, "stopping at once: " + why.text);
  std::_Exit(exit_code_of(why));
}

// A snapshot that cannot be used is no harm: the one before it, or the whole log, says the same.
Result<engine::Snapshot> newest_snapshot(const engine::SnapshotStore& store,
                                         const engine::log::EventLog& event_log) {
  TRY(auto newest, store.newest(event_log, [](const Fault& why) {
    log(LogLevel::warning, "passed over: " + why.text);
  }));
  return newest ? *std::move(newest) : engine::Snapshot{};
}

// The state at the log's end, and the snapshot that the replay to it went on from.
struct Replayed {
  engine::Snapshot end;
  Position from;
};

// All that could speak against the log comes to light here, before anything is written: what a
// newer version wrote, and events that lead elsewhere.
Result<Replayed> replay_to_end(const engine::SnapshotStore& store,
                               const engine::log::EventLog& event_log) {
  Replayed out;
  TRY(out.end, newest_snapshot(store, event_log));
  out.from = out.end.head.last;
  TRY(engine::replay_on(out.end, event_log, out.from,
                        [](const events::Frame&) -> Result<void> { return success(); }));
  return out;
}

engine::SnapshotOptions snapshot_options(const config::Config& config) {
  return {
      .every_events = config.snapshot_every_events,
      .on_written =
          [](const engine::SnapshotFile& file) {
            log(LogLevel::info, fmt::format("snapshot of position {} written, {} bytes",
                                            file.position.value, file.size_bytes));
          },
      .on_fault = [](const Fault& why) { log(LogLevel::error, "no snapshot made: " + why.text); }};
}

std::string what_was_found(const engine::log::LogOpening& opening) {
  std::string text = "log clean";
  if (opening.dropped_bytes > 0) {
    text = fmt::format("tail of {} un-acknowledged bytes dropped from {}", opening.dropped_bytes,
                       opening.dropped_from.string());
  }
  if (opening.accepted) text += ", log accepted as it is, against its head mark";
  return text;
}

engine::domain::Rules rules_of(const config::Config& config) {
  const bool demo = config.profile == config::Profile::demo;
  return {.lock_ttl = config.lock_ttl,
          .lock_ttl_max = config.lock_ttl_max,
          .payment_deadline = config.payment_deadline,
          .payment_grace = config.payment_grace,
          .seats_per_owner_max = config.seats_per_owner_max,
          .live_locks_per_owner_max = static_cast<std::uint32_t>(
              config.live_locks_per_owner_max.value_or(demo ? 1'000 : 50)),
          .lock_cooldown = config.lock_cooldown.value_or(std::chrono::seconds(demo ? 0 : 30)),
          .lock_proof_required = config.lock_proof == config::LockProof::required,
          .open_access = demo};
}

}  // namespace

House::House(const std::filesystem::path& data) : space_(data, free_space_min_bytes) {}

Result<std::unique_ptr<House>> House::open(const config::Config& config) {
  const std::filesystem::path& data = config.data_directory;
  std::unique_ptr<House> house(new House(data));
  const auto started = std::chrono::steady_clock::now();
  const engine::SnapshotStore store(data / "snapshots");
  Replayed replayed;
  engine::log::LogOpening opening;
  TRY(house->log_, engine::log::open_rocksdb_log(
                       {.directory = data / "log",
                        .head_directory = data / "head",
                        .logic_version = engine::domain::logic_version,
                        .write_buffer_bytes = config.log_write_buffer_mib << 20,
                        .free_space_min_bytes = free_space_min_bytes,
                        .before_writing = [&](const engine::log::EventLog& log) -> Result<void> {
                          TRY(replayed, replay_to_end(store, log));
                          return success();
                        },
                        .on_fault = end_the_process},
                       &opening));
  const auto ballast = lay_ballast(data / "ballast", config.ballast_mib << 20);
  if (!ballast) log(LogLevel::warning, ballast.error().text);
  TRY(const auto prepared, adopt_prepared_models(data, house->log_->head().last));
  if (prepared) {
    log(LogLevel::info,
        fmt::format("read models taken over, prepared up to position {}", prepared->value));
  }
  TRY(house->models_, projections::ReadModels::open((data / "read").string()));
  TRY(check_not_ahead(*house->models_, house->log_->head().last));
  house->folder_ = std::make_unique<Folder>(*house->models_, house->log_->head().last);
  house->waiting_ = std::make_unique<Waiting>();

  house->models_->begin_catching_up();
  TRY(house->engine_, engine::Engine::recover(*house->log_, house->clock_, *house->folder_,
                                              house->models_->position(),
                                              {.rules = rules_of(config),
                                               .queue_depth_max = config.queue_depth_max,
                                               .queue_wait_max = config.queue_wait_max,
                                               .on_fatal = end_the_process},
                                              std::move(replayed.end)));
  TRY(house->models_->caught_up());
  const auto& recovery = house->engine_->recovery();
  if (recovery.last_time > house->clock_.now() + std::chrono::hours(1)) {
    log(LogLevel::warning, "the log's last event is of " + to_string(recovery.last_time) +
                               ", in the future: time goes on from there");
  }
  house->clock_.start_at(recovery.last_time);
  TRY(house->keys_,
      HouseKeys::open(data / "keys", house->engine_->take_user_keys(), *house->models_));
  house->folder_->destroy_keys_in(house->keys_->user_keys());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  log(LogLevel::info,
      fmt::format(
          "{}: {} events replayed to position {}{}, {} folded into read models, {:.3f} s",
          what_was_found(opening), recovery.last.value - replayed.from.value, recovery.last.value,
          replayed.from ? fmt::format(" from the snapshot of position {}", replayed.from.value)
                        : "",
          recovery.folded, took.count()));
  house->engine_->start();
  house->snapshots_ = std::make_unique<engine::SnapshotMaker>(*house->log_, store, replayed.from,
                                                              snapshot_options(config));
  house->snapshots_->start();
  return house;
}

House::~House() {
  if (snapshots_) snapshots_->stop();
  if (engine_) engine_->stop();
  if (!models_) return;
  // RocksDB ends the process when there is no room for what it writes.
  const auto flushed = space_.is_low()
                           ? Result<void>(fault(FaultKind::no_space, "the disk is nearly full"))
                           : models_->flush();
  if (flushed) return;
  log(LogLevel::warning,
      "read models not written, the next start folds again: " + flushed.error().text);
}

std::map<std::string, House::FoldLag> House::fold_lags() const { return folder_->lags(); }

void House::made_anew(const std::string& name) { folder_->made_anew(name); }

RebuildSite House::rebuild_site() { return {*models_, *log_, folder_->folding()}; }

Result<engine::Reply> House::call(engine::domain::Command command) {
  const bool taken = engine_->submit({.command = std::move(command),
                                      .actor = {.kind = events::ActorKind::system, .user_id = {}},
                                      .reply_to = {.sink = waiting_.get(), .token = 1}});
  if (!taken) return fault(FaultKind::unavailable, "the engine takes no commands");
  auto reply = waiting_->take();
  if (reply.kind != engine::Reply::Kind::done) {
    return fault(FaultKind::unavailable, "the engine stopped");
  }
  return reply;
}

}  // namespace boxoffice::tools
