#include "tools/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/frame_reader.h"

namespace boxoffice::tools {

namespace {

using projections::Rebuild;

// So few frames are left to fold that whoever folds can wait for them.
constexpr std::uint64_t events_near = 500;

Result<void> fold_to(const RebuildSite& site, Rebuild& rebuild, Position to,
                     const RebuildWatch& watch) {
  if (rebuild.position() >= to) return success();
  engine::FrameReader reader(site.log.read(rebuild.position().next()), to);
  while (true) {
    TRY(const auto* const read, reader.next());
    if (read == nullptr) return success();
    TRY(rebuild.apply(read->frame));
    TRY(watch(read->stored.last()));
  }
}

// The models never run ahead of what they have shown, so `rebuild` never overtakes them.
Result<void> catch_up(const RebuildSite& site, Rebuild& rebuild, const RebuildWatch& watch) {
  Position to;
  do {
    to = site.models.position();
    TRY(fold_to(site, rebuild, to, watch));
    TRY(rebuild.write());
  } while (site.models.position().value - rebuild.position().value > events_near);
  return success();
}

Result<projections::ReadModels::Status> status_of(const projections::ReadModels& models,
                                                  std::string_view name) {
  for (auto& status : models.status()) {
    if (status.name == name) return std::move(status);
  }
  return fault(FaultKind::not_found, fmt::format("there is no read model {}", name));
}

// Leaves the models alone again however it ends.
class Attached {
 public:
  Attached(const RebuildSite& site, Rebuild& rebuild) : site_(site), rebuild_(rebuild) {}
  ~Attached() {
    const std::lock_guard lock(site_.folding);
    site_.models.detach(rebuild_);
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  const RebuildSite& site_;
  Rebuild& rebuild_;
};

Result<void> attach(const RebuildSite& site, Rebuild& rebuild, const RebuildWatch& watch,
                    RebuildReport& report) {
  const std::lock_guard lock(site.folding);
  report.position = site.models.position();
  TRY(fold_to(site, rebuild, report.position, watch));
  return site.models.attach(rebuild);
}

Result<void> compare(const RebuildSite& site, Rebuild& rebuild, const RebuildWatch& watch,
                     RebuildReport& report) {
  TRY(auto compared, site.models.compare(rebuild, [&] { return watch(report.position); }));
  report.rows = compared.rows;
  report.was_stopped = !compared.compared;
  report.first_difference = std::move(compared.first_difference);
  if (report.mode == RebuildMode::replace) return success();
  if (report.was_stopped) {
    return fault(FaultKind::differs,
                 fmt::format("read model {} has stopped; rebuild it", report.name));
  }
  if (!report.first_difference) return success();
  return fault(FaultKind::differs,
               fmt::format("read model {} is not what the log says: {}; rebuild it", report.name,
                           *report.first_difference));
}

Result<void> run(const RebuildSite& site, const RebuildWatch& watch, RebuildReport& report) {
  TRY(const auto status, status_of(site.models, report.name));
  report.version = status.version;
  TRY(const auto rebuild, site.models.begin_rebuild(report.name));
  TRY(catch_up(site, *rebuild, watch));
  const Attached attached(site, *rebuild);
  TRY(attach(site, *rebuild, watch, report));
  TRY(compare(site, *rebuild, watch, report));
  if (report.mode == RebuildMode::verify) return success();
  {
    const std::lock_guard lock(site.folding);
    TRY(site.models.adopt(*rebuild));
  }
  if (auto flushed = site.models.flush(); !flushed) {
    Fault why = flushed.error();
    why.text = "made anew and answering, but not on disk yet, a crash would go back: " + why.text;
    return why;
  }
  return success();
}

}  // namespace

Result<void> check_not_ahead(const projections::ReadModels& models, Position last) {
  for (const auto& model : models.status()) {
    if (model.position <= last) continue;
    return fault(FaultKind::corrupt,
                 fmt::format("the read model {} is at position {}, beyond the log's end {}: it "
                             "belongs to another log; delete the directory read/",
                             model.name, model.position.value, last.value));
  }
  return success();
}

Result<void> rebuild(const RebuildSite& site, std::string_view name, RebuildMode mode,
                     const RebuildWatch& watch, RebuildReport& report) {
  const auto begin = std::chrono::steady_clock::now();
  report.name = name;
  report.mode = mode;
  auto done = run(site, watch, report);
  report.duration_ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::steady_clock::now() - begin)
                                     .count());
  return done;
}

}  // namespace boxoffice::tools
