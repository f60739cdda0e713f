#include "tools/bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "http/json/write.h"
#include "tools/bench/report_json.h"

namespace boxoffice::tools::bench {

namespace {

// Above it the client may be what was measured.
constexpr double client_is_busy = 0.9;

double ms(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

StepReport report_of(Step step, const StepFigures& figures, double seconds) {
  return {.step = std::string(enum_name(step)),
          .answers = figures.answers(),
          .per_second = per_second(figures.done + figures.refused, seconds),
          .done = figures.done,
          .refused = figures.refused,
          .turned_away = figures.turned_away,
          .failed = figures.failed,
          .p50_ms = ms(figures.times.at(0.5)),
          .p90_ms = ms(figures.times.at(0.9)),
          .p99_ms = ms(figures.times.at(0.99)),
          .p999_ms = ms(figures.times.at(0.999)),
          .max_ms = ms(figures.times.max())};
}

BenchReport report_of(const Report& report) {
  const LoadResult& load = report.load;
  BenchReport out{.url = report.url,
                  .scenario = std::string(enum_name(report.scenario)),
                  .loop = report.rate ? "open" : "closed",
                  .rate = report.rate,
                  .connections = report.connections,
                  .seconds = load.seconds,
                  .visits = load.visits,
                  .not_made = load.not_made,
                  .sold_out = load.sold_out,
                  .client_cpu = load.seconds > 0 ? load.client_cpu_s / load.seconds : 0,
                  .first_failure = {},
                  .broken_off = {},
                  .steps = {},
                  .sweep = {}};
  std::replace(out.scenario.begin(), out.scenario.end(), '_', '-');
  for (std::size_t i = 0; i < step_kinds; ++i) {
    const StepFigures& figures = load.steps[i];
    out.answers += figures.answers();
    out.per_second += per_second(figures.done + figures.refused, load.seconds);
    if (figures.answers() > 0) {
      out.steps.push_back(report_of(static_cast<Step>(i), figures, load.seconds));
    }
  }
  if (!load.first_failure.empty()) out.first_failure = load.first_failure;
  if (load.broken_off) out.broken_off = load.broken_off->text;
  if (report.sweep) {
    const SweepResult& sweep = *report.sweep;
    out.sweep = SweepReport{.sound = sweep.faults == 0,
                            .acknowledged = sweep.grants,
                            .events = sweep.events,
                            .paid = sweep.paid,
                            .captured = sweep.captured,
                            .faults = sweep.faults,
                            .first_faults = sweep.first_faults};
  }
  return out;
}

void append_sweep(std::string& out, const SweepReport& sweep) {
  const auto to = std::back_inserter(out);
  if (sweep.acknowledged == 0) {
    out += "\nNothing was acknowledged, so there was nothing to check.\n";
    return;
  }
  if (sweep.sound) {
    fmt::format_to(to,
                   "\nSwept: no seat was given to two; all {} acknowledged commands are in the log "
                   "({} events read); {} was paid, and reported.\n",
                   sweep.acknowledged, sweep.events, to_string(sweep.paid));
    return;
  }
  fmt::format_to(to, "\nNOT SOUND: {} faults\n", sweep.faults);
  for (const std::string& text : sweep.first_faults) fmt::format_to(to, "  {}\n", text);
}

}  // namespace

std::string to_table(const Report& report) {
  const BenchReport all = report_of(report);
  std::string out =
      fmt::format("{} at {}, {} connections, {} loop{}\n", all.scenario, all.url, all.connections,
                  all.loop, all.rate ? fmt::format(", {:.0f} visits/s", *all.rate) : "");
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{} answers in {:.2f} s, {:.0f}/s done or refused; {} visits{}\n\n",
                 all.answers, all.seconds, all.per_second, all.visits,
                 all.sold_out ? ", until all was sold out" : "");
  fmt::format_to(to, "{:<9}{:>10}{:>10}{:>10}{:>9}{:>8}  {:>9}{:>9}{:>9}{:>9}{:>9}\n", "request",
                 "answers", "/s", "refused", "503/429", "failed", "p50 ms", "p90", "p99", "p99.9",
                 "max");
  for (const StepReport& step : all.steps) {
    fmt::format_to(
        to, "{:<9}{:>10}{:>10.0f}{:>10}{:>9}{:>8}  {:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}\n",
        step.step, step.answers, step.per_second, step.refused, step.turned_away, step.failed,
        step.p50_ms, step.p90_ms, step.p99_ms, step.p999_ms, step.max_ms);
  }
  if (all.not_made > 0) {
    fmt::format_to(to,
                   "\n{} visits were due and not made: the server, the client or the connections "
                   "were too few for this rate.\n",
                   all.not_made);
  }
  if (all.first_failure) fmt::format_to(to, "\nThe first that failed: {}\n", *all.first_failure);
  if (all.broken_off) fmt::format_to(to, "\nBROKEN OFF: {}\n", *all.broken_off);
  fmt::format_to(
      to, "\nThe client kept {:.2f} processors busy{}\n", all.client_cpu,
      all.client_cpu > client_is_busy ? ": it may be what is measured here, not the server." : ".");
  if (all.sweep) append_sweep(out, *all.sweep);
  return out;
}

std::string to_json(const Report& report) { return http::json::to_json(report_of(report)) + "\n"; }

}  // namespace boxoffice::tools::bench
