#include "tools/audit/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "base/bytes.h"
#include "engine/domain/invariants.h"
#include "engine/log/head_mark.h"
#include "engine/log/rocksdb_log.h"
#include "http/json/write.h"
#include "tools/audit/checked_replay.h"
#include "tools/audit/source.h"

namespace boxoffice::tools::audit {

namespace {

void count(VerifyReport& report, const engine::log::StoredFrame& stored) {
  ++report.frames;
  report.events += stored.count;
  report.last = stored.last();
  report.chain = to_hex(stored.hash.bytes);
  if (!report.first_time) report.first_time = stored.time;
  report.last_time = stored.time;
}

bool speaks_of_the_log(const Fault& fault) {
  return fault.kind == FaultKind::corrupt || fault.kind == FaultKind::newer_format;
}

// What a newer version wrote, this one cannot judge; what could not be read was not verified.
bool is_verdict(const Result<void>& done) {
  return done || done.error().kind == FaultKind::corrupt || done.error().kind == FaultKind::differs;
}

// The state after the last event.
Result<void> check_state(const engine::domain::State& state, VerifyReport& report) {
  report.broken_invariants = engine::domain::broken_invariants(state);
  if (report.broken_invariants.empty()) return success();
  return fault(
      FaultKind::differs,
      fmt::format("the state at position {} breaks {} invariants: {}", state.position.value,
                  report.broken_invariants.size(), report.broken_invariants.front()));
}

std::string or_none(const std::optional<Instant>& time) { return time ? to_string(*time) : "none"; }

// `opened`: its frames could be looked at.
void print(const VerifyReport& report, bool opened, std::ostream& out) {
  if (!opened) {
    out << "result   the log cannot be opened";
    if (report.bad_position) {
      out << fmt::format(": not in order from position {} on", report.bad_position->value);
    }
    out << '\n';
    return;
  }
  out << fmt::format("events   {} in {} frames\n", report.events, report.frames)
      << fmt::format("last     {}\n", report.last.value)
      << fmt::format("chain    {}\n", report.chain.empty() ? "none" : report.chain)
      << fmt::format("time     {} to {}\n", or_none(report.first_time), or_none(report.last_time));
  for (const std::string& broken : report.broken_invariants) out << "broken   " << broken << '\n';
  if (report.ok) {
    out << "result   ok: checksums, chain, positions, times, events, rules, digests and "
           "invariants\n";
  } else if (report.bad_position) {
    out << fmt::format("result   not in order from position {} on\n", report.bad_position->value);
  } else {
    out << "result   not in order\n";
  }
}

// Without its mark a log may have lost its end, and every frame that is there is in order.
void warn_of_missing_mark(const std::filesystem::path& directory, Talk talk) {
  const auto head = directory / "head";
  if (!std::filesystem::exists(directory / "log")) return;
  if (std::filesystem::exists(head / engine::log::accept_file)) {
    talk.out << "WARNING: the log's end is not compared with its head mark: there is "
             << (head / engine::log::accept_file).string() << '\n';
    return;
  }
  const auto& slots = engine::log::head_mark_slots;
  if (std::none_of(slots.begin(), slots.end(),
                   [&](const char* slot) { return std::filesystem::exists(head / slot); })) {
    talk.out << "WARNING: there is no head mark in " << head.string()
             << ": whether the log's end is missing cannot be told\n";
  }
}

}  // namespace

Result<void> verify_log(const engine::log::EventLog& log, VerifyReport& report, Talk talk) {
  Progress progress(talk, "verifying", log.head().last.value);
  CheckedReplay replay;
  const auto walked =
      walk(log, {}, progress,
           [&](const engine::log::StoredFrame& stored, const events::Frame& frame) -> Result<Step> {
             TRY(replay.apply(stored, frame));
             count(report, stored);
             return Step::go_on;
           });
  if (walked) return check_state(replay.state(), report);
  if (speaks_of_the_log(walked.error())) {
    // The frame that could not be read, or the event in it that could not be applied.
    report.bad_position = std::max(replay.at(), report.last.next());
  }
  return walked;
}

Result<void> verify(const VerifyOptions& options, std::ostream& out, Talk talk) {
  const auto log = open_log(options.directory);
  // No log at all, or one that cannot be read just now: nothing was verified.
  if (!log && !speaks_of_the_log(log.error())) return log.error();
  VerifyReport report;
  warn_of_missing_mark(options.directory, talk);
  Result<void> done = log ? verify_log(*log.value(), report, talk) : log.error();
  // That the log is not what was signed is no damage of it.
  const bool is_of_the_log_alone = !done || !options.also;
  if (done && options.also) done = *options.also;
  report.ok = done.has_value();
  if (!done) report.fault = done.error().text;
  if (!log && log.error().position) report.bad_position = log.error().position;
  if (options.note && is_of_the_log_alone && is_verdict(done)) options.note(report);
  if (options.json) {
    out << http::json::to_json(report) << '\n';
  } else {
    print(report, log.has_value(), out);
  }
  TRY(check_written(out));
  return done;
}

}  // namespace boxoffice::tools::audit
