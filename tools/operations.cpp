#include "tools/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/this_thread.h"
#include "tools/care/look.h"
#include "tools/care/records.h"
#include "tools/logging.h"
#include "tools/rebuild.h"

namespace boxoffice::tools {

using http::api::DiskFigures;
using http::api::Distribution;
using http::api::EngineFigures;
using http::api::HouseStatus;
using http::api::ReadModelStatus;
using http::api::RebuildState;
using http::api::RebuildStatus;
using http::api::RejectFigures;
using http::api::ServerFigures;

namespace {

constexpr std::chrono::seconds folders_looked_at_every{10};

std::int64_t signed_of(std::uint64_t count) { return static_cast<std::int64_t>(count); }

Distribution distribution_of(const engine::HistogramCounts& counts) {
  return {.bounds = counts.bounds, .counts = counts.counts, .sum = counts.sum};
}

std::vector<RejectFigures> rejects_of(
    const std::array<std::uint64_t, http::reject_reason_count>& counts) {
  std::vector<RejectFigures> rejects;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto reason = enum_name(static_cast<http::RejectReason>(i));
    rejects.push_back({.reason = std::string(reason), .count = signed_of(counts[i])});
  }
  return rejects;
}

void tell(const RebuildReport& report, const Result<void>& done) {
  if (!done) {
    log(LogLevel::error, fmt::format("read model {}: {}", report.name, done.error().text));
    return;
  }
  const std::string differed =
      report.first_difference ? ", it differed: " + *report.first_difference : "";
  log(differed.empty() ? LogLevel::info : LogLevel::warning,
      fmt::format("read model {} {} at position {}, {} rows alike{}, {:.1f} s", report.name,
                  report.mode == RebuildMode::replace ? "made anew" : "verified",
                  report.position.value, report.rows, differed,
                  static_cast<double>(report.duration_ms) / 1000));
}

}  // namespace

HouseOperations::HouseOperations(Of of)
    : house_(of.house),
      server_(of.server),
      traffic_(of.traffic),
      data_directory_(std::move(of.data_directory)),
      connections_max_(of.connections_max),
      started_(of.started) {
  care::add_folders(data_directory_, folders_);
  rebuilding_ = std::thread([this] { work(); });
  measuring_ = std::thread([this] { measure_folders(); });
}

HouseOperations::~HouseOperations() { stop(); }

void HouseOperations::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_all();
  if (rebuilding_.joinable()) rebuilding_.join();
  if (measuring_.joinable()) measuring_.join();
}

std::vector<ReadModelStatus> HouseOperations::read_models() {
  std::vector<ReadModelStatus> all;
  const auto lags = house_.fold_lags();
  for (const auto& model : house_.models().status()) {
    ReadModelStatus status{.name = model.name,
                           .version = model.version,
                           .position = model.position,
                           .stopped = {},
                           .rebuild = {},
                           .next_start = {}};
    if (!model.stopped.empty()) status.stopped = model.stopped;
    // Asked after the model, so that it is not behind what was durable later.
    const Position durable = house_.engine().positions().durable;
    status.behind_events =
        static_cast<std::int64_t>(durable.value - std::min(durable, model.position).value);
    const auto& lag = lags.at(model.name);
    status.progress_ms = lag.since_progress.count();
    if (status.behind_events > 0) status.behind_ms = lag.since_behind.count();
    const std::lock_guard lock(mutex_);
    if (const auto at = rebuilds_.find(model.name); at != rebuilds_.end()) {
      status.rebuild = at->second;
    }
    all.push_back(std::move(status));
  }
  return all;
}

HouseStatus HouseOperations::status() {
  HouseStatus status{.version = BOXOFFICE_VERSION,
                     .time = care::machine_time(),
                     .head = {},
                     .engine = engine_figures(),
                     .server = server_figures(),
                     .traffic = traffic_.figures(),
                     .projections = read_models(),
                     .disk = disk_figures(),
                     .last_snapshot = {},
                     .last_backup = {},
                     .last_verify = {},
                     .log_fault = {},
                     .last_backup_fault = {},
                     .last_verify_fault = {}};
  status.head = status.engine->durable;
  care::add_last_care(data_directory_, status);
  return status;
}

EngineFigures HouseOperations::engine_figures() const {
  const auto positions = house_.engine().positions();
  const auto counters = house_.engine().counters();
  const auto histograms = house_.engine().histograms();
  const auto seats = house_.models().seat_counts();
  EngineFigures out{.applied = positions.applied,
                    .durable = positions.durable,
                    .published = positions.published,
                    .accepting = counters.accepting,
                    .commands = signed_of(counters.commands),
                    .frames = signed_of(counters.frames),
                    .rejected = signed_of(counters.rejected),
                    .too_slow = signed_of(counters.too_slow),
                    .queue_depth = signed_of(counters.queue_depth),
                    .queue_depth_max = signed_of(counters.queue_depth_max),
                    .locks = signed_of(counters.locks),
                    .seats_locked = seats.locked,
                    .seats_booked = seats.booked,
                    .pending_bookings = signed_of(counters.pending_bookings),
                    .sync_p50_us = histograms.recent_sync_us.quantile(0.5),
                    .sync_p99_us = histograms.recent_sync_us.quantile(0.99),
                    .batch_p50 = histograms.batch.quantile(0.5),
                    .sync_us = distribution_of(histograms.sync_us),
                    .batch = distribution_of(histograms.batch)};
  return out;
}

ServerFigures HouseOperations::server_figures() const {
  const auto counters = server_.counters();
  const auto& answers = counters.answers_total;
  return {.started = started_,
          .connections_open = signed_of(counters.connections_open),
          .connections_max = signed_of(connections_max_),
          .connections_total = signed_of(counters.connections_total),
          .streams_open = signed_of(counters.streams_open),
          .requests_total = signed_of(counters.requests_total),
          .refused_total = signed_of(counters.rejected_total),
          .kept_bytes = signed_of(counters.kept_bytes),
          .rejected = rejects_of(counters.rejected),
          .answers_2xx = signed_of(answers[2]),
          .answers_3xx = signed_of(answers[3]),
          .answers_4xx = signed_of(answers[4]),
          .answers_5xx = signed_of(answers[5])};
}

// Whoever asks is an I/O thread, and a log may have thousands of files: another one looks at them.
DiskFigures HouseOperations::disk_figures() {
  DiskFigures disk = care::space_of(data_directory_);
  disk.low = !house_.has_space();
  const std::lock_guard lock(folders_mutex_);
  disk.log_bytes = folders_.log_bytes;
  disk.read_bytes = folders_.read_bytes;
  return disk;
}

void HouseOperations::measure_folders() {
  name_this_thread("folder-sizes");
  become_background();
  std::unique_lock lock(mutex_);
  while (!asked_.wait_for(lock, folders_looked_at_every, [&] { return stopping_.load(); })) {
    lock.unlock();
    DiskFigures found;
    care::add_folders(data_directory_, found);
    {
      const std::lock_guard folders_lock(folders_mutex_);
      folders_ = found;
    }
    lock.lock();
  }
}

HouseOperations::Asked HouseOperations::begin_rebuild(std::string_view name, bool replaces) {
  const auto models = house_.models().status();
  if (std::ranges::find(models, name, &projections::ReadModels::Status::name) == models.end()) {
    return Asked::unknown;
  }
  const std::lock_guard lock(mutex_);
  if (name_ || stopping_) return Asked::busy;
  name_ = name;
  rebuilds_[*name_] = RebuildStatus{
      .replaces = replaces, .position = {}, .first_difference = {}, .fault = {}, .fault_kind = {}};
  asked_.notify_all();
  return Asked::taken;
}

void HouseOperations::work() {
  name_this_thread("rebuilds");
  become_background();
  while (true) {
    std::string name;
    bool replaces = false;
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, [&] { return name_ || stopping_; });
      if (stopping_) return;
      name = *name_;
      auto& status = rebuilds_[name];
      status.state = RebuildState::running;
      replaces = status.replaces;
    }
    rebuild_one(name, replaces);
  }
}

void HouseOperations::rebuild_one(const std::string& name, bool replaces) {
  const auto watch = [&](Position at) -> Result<void> {
    if (stopping_) return fault(FaultKind::unavailable, "the server stops");
    if (!house_.has_space()) return fault(FaultKind::no_space, "the disk is nearly full");
    const std::lock_guard lock(mutex_);
    rebuilds_[name].position = at;
    return success();
  };
  RebuildReport report;
  const auto done = rebuild(house_.rebuild_site(), name,
                            replaces ? RebuildMode::replace : RebuildMode::verify, watch, report);
  const bool sound = done.has_value();
  if (sound && replaces) house_.made_anew(name);
  tell(report, done);
  const std::lock_guard lock(mutex_);
  RebuildStatus& status = rebuilds_[name];
  status.state = sound ? RebuildState::done : RebuildState::failed;
  status.was_stopped = report.was_stopped;
  status.rows = static_cast<std::int64_t>(report.rows);
  status.duration_ms = static_cast<std::int64_t>(report.duration_ms);
  status.first_difference = report.first_difference;
  if (!sound) {
    status.fault = done.error().text;
    status.fault_kind = done.error().kind;
  }
  name_.reset();
}

}  // namespace boxoffice::tools
