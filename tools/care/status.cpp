#include "tools/care/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

#include "tools/audit/source.h"
#include "tools/care/look.h"
#include "tools/care/records.h"
#include "tools/care/stored_models.h"

namespace boxoffice::tools::care {

namespace {

using http::api::EngineFigures;
using http::api::HouseStatus;
using http::api::ReadModelStatus;

// A name and what there is to say of it.
std::string row(std::string_view name, std::string_view text) {
  return fmt::format("{:<12} {}\n", name, text);
}

std::string ago(const HouseStatus& status, Instant then) {
  return text_of(status.time - then) + " ago";
}

std::string milliseconds(const std::optional<std::int64_t>& us) {
  return us ? fmt::format("{:.2f} ms", static_cast<double>(*us) / 1000) : "-";
}

std::string up_to(const HouseStatus& status, Position position) {
  if (status.log_fault) return fmt::format("position {}", position.value);
  const auto behind = status.head.value - std::min(status.head, position).value;
  return behind == 0 ? fmt::format("position {}, the log's end", position.value)
                     : fmt::format("position {}, {} events ago", position.value, behind);
}

std::string engine_rows(const std::optional<EngineFigures>& engine) {
  if (!engine) return row("sync", "-") + row("queue", "-") + row("batch", "-") + row("seats", "-");
  return row("sync",
             fmt::format("p50 {}, p99 {}, in the last minute or two",
                         milliseconds(engine->sync_p50_us), milliseconds(engine->sync_p99_us))) +
         row("queue", fmt::format("{} of {}, {} commands rejected{}", engine->queue_depth,
                                  engine->queue_depth_max, engine->rejected + engine->too_slow,
                                  engine->accepting ? "" : "  TAKES NO COMMANDS")) +
         row("batch", fmt::format("p50 {}, {} commands in {} frames",
                                  engine->batch_p50 ? std::to_string(*engine->batch_p50) : "-",
                                  engine->commands, engine->frames)) +
         row("seats", fmt::format("{} locked by {} locks, {} booked, {} bookings unpaid",
                                  engine->seats_locked, engine->locks, engine->seats_booked,
                                  engine->pending_bookings));
}

std::string server_row(const HouseStatus& status) {
  if (!status.server) return row("clients", "-");
  const auto& server = *status.server;
  return row("clients",
             fmt::format("{} of {} connections, {} streams, {} requests, {} of them "
                         "answered 5xx",
                         server.connections_open, server.connections_max, server.streams_open,
                         server.requests_total, server.answers_5xx));
}

std::string disk_row(const HouseStatus& status) {
  const auto& disk = status.disk;
  return row("disk", fmt::format("{} free{}, log {}, read models {}", bytes_text(disk.free_bytes),
                                 disk.low ? "  NEARLY FULL: COMMANDS ARE ANSWERED 503" : "",
                                 bytes_text(disk.log_bytes), bytes_text(disk.read_bytes)));
}

std::string none(const std::optional<std::string>& why) {
  return why ? "CANNOT BE READ: " + *why : "none that is known of";
}

std::string last_rows(const HouseStatus& status) {
  const auto& [snapshot, backup, verify] =
      std::tie(status.last_snapshot, status.last_backup, status.last_verify);
  std::string out;
  out += row("snapshot", snapshot ? fmt::format("{}, {}", ago(status, snapshot->time),
                                                up_to(status, snapshot->position))
                                  : "none");
  out += row("backup", backup ? fmt::format("{}, {}, in {}", ago(status, backup->time),
                                            up_to(status, backup->position), backup->directory)
                              : none(status.last_backup_fault));
  out += row("verify", verify ? fmt::format("{}, {}, {}", ago(status, verify->time),
                                            verify->ok ? "in order" : "NOT IN ORDER",
                                            up_to(status, verify->position))
                              : none(status.last_verify_fault));
  return out;
}

// Without a server nobody knows since when a model is behind, and without the log not how far.
std::string model_row(const HouseStatus& status, const ReadModelStatus& model) {
  const bool live = status.engine.has_value();
  std::string state = live ? "runs" : "as last flushed";
  if (model.next_start) state += ": " + *model.next_start;
  if (model.stopped) state = "STOPPED: " + *model.stopped;
  const std::string since = live ? fmt::format("{} ms", model.behind_ms) : "-";
  const std::string events = status.log_fault ? "-" : std::to_string(model.behind_events);
  return fmt::format("  {:<10} version {}  position {:>10}  {:>8} events, {} behind  {}\n",
                     model.name, model.version, model.position.value, events, since, state);
}

Result<void> add_models(const std::filesystem::path& data, HouseStatus& status) {
  const auto end = status.log_fault ? std::nullopt : std::optional(status.head);
  TRY(const auto models, stored_models(data, end));
  for (const auto& model : models) {
    status.projections.push_back({.name = model.name,
                                  .version = model.stored_version,
                                  .position = model.position,
                                  .behind_events = static_cast<std::int64_t>(model.behind_events),
                                  .stopped = {},
                                  .rebuild = {},
                                  .next_start = model.state});
  }
  return success();
}

}  // namespace

std::string text_of(Duration time) {
  using Unit = std::pair<std::string_view, Duration>;
  static constexpr std::array<Unit, 4> units{{{"days", std::chrono::hours(24)},
                                              {"h", std::chrono::hours(1)},
                                              {"min", std::chrono::minutes(1)},
                                              {"s", std::chrono::seconds(1)}}};
  for (const auto& [name, unit] : units) {
    if (time >= 2 * unit) return fmt::format("{} {}", time / unit, name);
  }
  return "1 s";
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::array<std::string_view, 5> units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

Result<Looked> status_of(const std::filesystem::path& data) {
  Looked looked;
  HouseStatus& status = looked.status;
  status.version = BOXOFFICE_VERSION;
  status.time = machine_time();
  const auto log = look_again([&] { return audit::open_log(data); });
  if (!log && log.error().kind == FaultKind::not_found) return log.error();
  if (log) {
    status.head = log.value()->head().last;
  } else {
    status.log_fault = log.error().text;
    looked.fault = log.error();
  }
  const auto models = add_models(data, status);
  if (!models && !looked.fault) looked.fault = models.error();
  status.disk = space_of(data);
  add_folders(data, status.disk);
  add_last_care(data, status);
  return looked;
}

std::string screen_of(const HouseStatus& status, std::string_view where) {
  std::string out = fmt::format("boxoffice {}  {}  {}", status.version, where,
                                to_string(Instant{status.time.us / 1'000'000 * 1'000'000}));
  if (status.server) out += "  up " + text_of(status.time - status.server->started);
  out += '\n';
  std::string head = fmt::format("position {}", status.head.value);
  if (status.log_fault) head = "NOT KNOWN: " + *status.log_fault;
  if (const auto& engine = status.engine) {
    head += fmt::format(", {} beyond it not durable, {} durable not yet shown",
                        engine->applied.value - engine->durable.value,
                        engine->durable.value - engine->published.value);
  }
  out += row("head", head);
  out += engine_rows(status.engine) + server_row(status) + disk_row(status) + last_rows(status);
  out += "read models\n";
  for (const auto& model : status.projections) out += model_row(status, model);
  return out;
}

std::string line_of(const HouseStatus& status) {
  std::int64_t behind = 0;
  std::size_t stopped = 0;
  for (const auto& model : status.projections) {
    behind = std::max(behind, model.behind_events);
    stopped += model.stopped ? 1 : 0;
  }
  std::string engine = "sync p99 -  queue -  seats locked -";
  if (status.engine) {
    engine = fmt::format("sync p99 {}  queue {}  seats locked {}",
                         milliseconds(status.engine->sync_p99_us), status.engine->queue_depth,
                         status.engine->seats_locked);
  }
  return fmt::format("{}  head {}  {}  read models {} behind, {} stopped  disk {} free\n",
                     to_string(Instant{status.time.us / 1'000'000 * 1'000'000}),
                     status.log_fault ? "-" : std::to_string(status.head.value), engine, behind,
                     stopped, bytes_text(status.disk.free_bytes));
}

}  // namespace boxoffice::tools::care
