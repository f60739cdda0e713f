#include "http/api/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ensure.h"

namespace boxoffice::http::api {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double us_per_s = 1e6;

double seconds(Instant t) { return static_cast<double>(t.us) / us_per_s; }
double seconds_of_ms(std::int64_t ms) { return static_cast<double>(ms) / 1e3; }
template <class T>
double number(T value) {
  return static_cast<double>(value);
}
double number(Position position) { return static_cast<double>(position.value); }

struct Metric {
  const char* name;
  const char* help;
};

using Labels = std::vector<ClientMetric::Label>;

// Collects families in the order in which they are added.
class Families {
 public:
  void gauge(Metric metric, double value, Labels labels = {}) {
    ClientMetric& added = add(metric, MetricType::Gauge, std::move(labels));
    added.gauge.value = value;
  }
  void counter(Metric metric, double value, Labels labels = {}) {
    ClientMetric& added = add(metric, MetricType::Counter, std::move(labels));
    added.counter.value = value;
  }
  /// `unit`: how many of the distribution's units one of the metric's is.
  void histogram(Metric metric, const Distribution& values, double unit, Labels labels = {}) {
    ClientMetric& added = add(metric, MetricType::Histogram, std::move(labels));
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < values.bounds.size(); ++i) {
      cumulative += static_cast<std::uint64_t>(values.counts[i]);
      added.histogram.bucket.push_back({cumulative, number(values.bounds[i]) / unit});
    }
    cumulative += static_cast<std::uint64_t>(values.counts.back());
    added.histogram.sample_count = cumulative;
    added.histogram.sample_sum = number(values.sum) / unit;
  }

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  ClientMetric& add(Metric metric, MetricType type, Labels labels) {
    auto family = std::ranges::find(families_, metric.name, &MetricFamily::name);
    if (family == families_.end()) {
      families_.push_back({.name = metric.name, .help = metric.help, .type = type, .metric = {}});
      family = families_.end() - 1;
    }
    ClientMetric added;
    added.label = std::move(labels);
    return family->metric.emplace_back(std::move(added));
  }

  std::vector<MetricFamily> families_;
};

void add_engine(Families& out, const EngineFigures& engine) {
  out.gauge({"boxoffice_applied_position", "Last event in the sequencer's state."},
            number(engine.applied));
  out.gauge({"boxoffice_durable_position", "Last event on stable storage."},
            number(engine.durable));
  out.gauge({"boxoffice_published_position", "Last event that answers and reads show."},
            number(engine.published));
  out.counter({"boxoffice_commands_total", "Commands that were decided."}, number(engine.commands));
  out.counter({"boxoffice_frames_total", "Frames that were appended to the log."},
              number(engine.frames));
  out.counter({"boxoffice_rejected_commands_total", "Commands not taken: the queue was full."},
              number(engine.rejected));
  out.counter({"boxoffice_too_slow_commands_total",
               "Commands not decided: the queue did not move for QUEUE_WAIT_MAX_MS."},
              number(engine.too_slow));
  out.gauge({"boxoffice_queue_depth", "Commands that wait for the sequencer."},
            number(engine.queue_depth));
  out.gauge({"boxoffice_queue_depth_limit", "Commands that may wait: QUEUE_DEPTH_MAX."},
            number(engine.queue_depth_max));
  out.gauge({"boxoffice_accepting_commands", "1 while the engine takes commands."},
            number(engine.accepting));
  out.gauge({"boxoffice_locks", "Locks that are held."}, number(engine.locks));
  constexpr Metric seats{"boxoffice_seats", "Seats that are not free, by their state."};
  out.gauge(seats, number(engine.seats_locked), {{"state", "locked"}});
  out.gauge(seats, number(engine.seats_booked), {{"state", "booked"}});
  out.gauge({"boxoffice_pending_bookings", "Bookings that wait for their payment."},
            number(engine.pending_bookings));
  out.histogram({"boxoffice_sync_duration_seconds", "Time of a durable append to the log."},
                engine.sync_us, us_per_s);
  if (engine.sync_p99_us) {
    out.gauge({"boxoffice_sync_duration_p99_seconds",
               "99th percentile of durable appends in the last minute or two."},
              number(*engine.sync_p99_us) / us_per_s);
  }
  out.histogram({"boxoffice_batch_commands", "Commands that share a frame."}, engine.batch, 1);
}

void add_projections(Families& out, const std::vector<ReadModelStatus>& projections) {
  for (const auto& model : projections) {
    const Labels name{{"projection", model.name}};
    out.gauge({"boxoffice_projection_position", "Last event that was folded."},
              number(model.position), name);
    out.gauge({"boxoffice_projection_lag_events", "Events behind the durable position."},
              number(model.behind_events), name);
    out.gauge(
        {"boxoffice_projection_lag_seconds", "For how long it has been behind; 0: it is not."},
        seconds_of_ms(model.behind_ms), name);
    out.gauge({"boxoffice_projection_since_progress_seconds", "Since it last folded something."},
              seconds_of_ms(model.progress_ms), name);
    out.gauge({"boxoffice_projection_stopped", "1 when it cannot go on."},
              number(model.stopped.has_value()), name);
    out.gauge({"boxoffice_projection_version", "Of its fold and its rows."}, number(model.version),
              name);
  }
}

void add_server(Families& out, const ServerFigures& server) {
  out.gauge({"process_start_time_seconds", "When the process started, in Unix time."},
            seconds(server.started));
  out.gauge({"boxoffice_connections_open", "Client connections."}, number(server.connections_open));
  out.gauge({"boxoffice_connections_limit", "Beyond it new connections are answered 503."},
            number(server.connections_max));
  out.counter({"boxoffice_connections_total", "Connections that were accepted."},
              number(server.connections_total));
  out.gauge({"boxoffice_streams_open", "Live streams: seat maps and event feeds."},
            number(server.streams_open));
  out.counter({"boxoffice_http_requests_total", "Requests that were read whole."},
              number(server.requests_total));
  out.counter(
      {"boxoffice_http_refused_total", "Sum of boxoffice_http_rejected_total over all reasons."},
      number(server.refused_total));
  for (const auto& reject : server.rejected) {
    out.counter({"boxoffice_http_rejected_total",
                 "What never became a request, or was too large: turned away by the reason."},
                number(reject.count), {{"reason", reject.reason}});
  }
  out.gauge({"boxoffice_kept_bytes", "Of large requests and of answers that are not taken yet."},
            number(server.kept_bytes));
  constexpr Metric answers{"boxoffice_http_responses_total", "Answers, by the class of status."};
  out.counter(answers, number(server.answers_2xx), {{"code", "2xx"}});
  out.counter(answers, number(server.answers_3xx), {{"code", "3xx"}});
  out.counter(answers, number(server.answers_4xx), {{"code", "4xx"}});
  out.counter(answers, number(server.answers_5xx), {{"code", "5xx"}});
}

void add_traffic(Families& out, const TrafficFigures& traffic) {
  for (const RouteFigures& route : traffic.routes) {
    const Labels labels{{"method", route.method}, {"route", route.route}};
    const auto with_code = [&](const char* code) {
      Labels all = labels;
      all.push_back({"code", code});
      return all;
    };
    constexpr Metric answers{"boxoffice_route_responses_total",
                             "Answers of a route, by the class of status."};
    out.counter(answers, number(route.answers_2xx), with_code("2xx"));
    out.counter(answers, number(route.answers_3xx), with_code("3xx"));
    out.counter(answers, number(route.answers_4xx), with_code("4xx"));
    out.counter(answers, number(route.answers_5xx), with_code("5xx"));
    out.gauge({"boxoffice_route_in_flight", "Requests that are being worked on."},
              number(route.in_flight), labels);
    out.histogram({"boxoffice_route_duration_seconds",
                   "From a request's last byte until its answer was made."},
                  route.duration_us, us_per_s, labels);
  }
  for (const RejectFigures& each : traffic.rejects) {
    out.counter(
        {"boxoffice_requests_rejected_total",
         "Whole requests that were turned away, by the reason: what there was too much of."},
        number(each.count), {{"reason", each.reason}});
  }
  for (const StageFigures& each : traffic.stages) {
    out.histogram({"boxoffice_stage_duration_seconds", "What a stage of a request's way took."},
                  each.time_us, us_per_s, {{"stage", each.stage}});
  }
  out.counter({"boxoffice_access_log_dropped_total",
               "Lines that were not written: whoever reads them was too slow."},
              number(traffic.lines_dropped));
}

void add_disk(Families& out, const DiskFigures& disk) {
  out.gauge({"boxoffice_disk_free_bytes", "Free on the disk of the data directory."},
            number(disk.free_bytes));
  out.gauge({"boxoffice_disk_free_limit_bytes", "Below it commands are answered 503."},
            number(disk.free_bytes_min));
  out.gauge({"boxoffice_disk_low", "1 while commands are answered 503 for want of space."},
            number(disk.low));
  constexpr Metric bytes{"boxoffice_data_bytes", "Size of a folder of the data directory."};
  out.gauge(bytes, number(disk.log_bytes), {{"folder", "log"}});
  out.gauge(bytes, number(disk.read_bytes), {{"folder", "read"}});
}

// What has never been done was done at the beginning of time, so that an alert on its age needs no
// second rule.
void add_last(Families& out, const HouseStatus& status) {
  const auto snapshot = status.last_snapshot.value_or(LastSnapshot{});
  out.gauge({"boxoffice_last_snapshot_timestamp_seconds", "When the newest snapshot was written."},
            seconds(snapshot.time));
  out.gauge({"boxoffice_last_snapshot_position", "Where a start goes on from."},
            number(snapshot.position));
  const auto backup = status.last_backup.value_or(LastBackup{});
  out.gauge(
      {"boxoffice_last_backup_timestamp_seconds", "When the log was last backed up; 0: never."},
      seconds(backup.time));
  out.gauge({"boxoffice_last_backup_position", "Up to which event."}, number(backup.position));
  const auto verify = status.last_verify.value_or(LastVerify{});
  out.gauge(
      {"boxoffice_last_verify_timestamp_seconds", "When the log was last verified; 0: never."},
      seconds(verify.time));
  out.gauge({"boxoffice_last_verify_position", "Up to which event it was in order."},
            number(verify.position));
  out.gauge({"boxoffice_last_verify_failed", "1 when the last verification found something wrong."},
            number(status.last_verify && !verify.ok));
}

}  // namespace

std::string metrics_text(const HouseStatus& status) {
  ENSURE(status.engine && status.server, "metrics are those of a running server");
  Families out;
  out.gauge({"boxoffice_build_info", "The version that runs; always 1."}, 1,
            {{"version", status.version}});
  add_engine(out, *status.engine);
  add_projections(out, status.projections);
  add_server(out, *status.server);
  if (status.traffic) add_traffic(out, *status.traffic);
  add_disk(out, status.disk);
  add_last(out, status);
  return out.text();
}

}  // namespace boxoffice::http::api
