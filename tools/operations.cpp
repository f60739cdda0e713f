#include "tools/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/logging.h"
#include "tools/rebuild.h"

namespace boxoffice::tools {

using http::api::ReadModelStatus;
using http::api::RebuildState;
using http::api::RebuildStatus;

namespace {

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

HouseOperations::HouseOperations(House& house) : house_(house), thread_([this] { work(); }) {}

HouseOperations::~HouseOperations() { stop(); }

void HouseOperations::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<ReadModelStatus> HouseOperations::read_models() {
  std::vector<ReadModelStatus> all;
  const auto lags = house_.fold_lags();
  for (const auto& model : house_.models().status()) {
    ReadModelStatus status{.name = model.name,
                           .version = model.version,
                           .position = model.position,
                           .stopped = {},
                           .rebuild = {}};
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

HouseOperations::Asked HouseOperations::begin_rebuild(std::string_view name, bool replaces) {
  const auto models = house_.models().status();
  if (std::ranges::find(models, name, &projections::ReadModels::Status::name) == models.end()) {
    return Asked::unknown;
  }
  const std::lock_guard lock(mutex_);
  if (name_ || stopping_) return Asked::busy;
  name_ = name;
  rebuilds_[*name_] =
      RebuildStatus{.replaces = replaces, .position = {}, .first_difference = {}, .fault = {}};
  asked_.notify_all();
  return Asked::taken;
}

void HouseOperations::work() {
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
  tell(report, done);
  const std::lock_guard lock(mutex_);
  RebuildStatus& status = rebuilds_[name];
  status.state = sound ? RebuildState::done : RebuildState::failed;
  status.was_stopped = report.was_stopped;
  status.rows = static_cast<std::int64_t>(report.rows);
  status.duration_ms = static_cast<std::int64_t>(report.duration_ms);
  status.first_difference = report.first_difference;
  if (!sound) status.fault = done.error().text;
  name_.reset();
}

}  // namespace boxoffice::tools
