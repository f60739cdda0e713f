// What can be told of a log and its head mark without reading it through.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "engine/log/head_mark.h"
#include "engine/log/rocksdb_log.h"
#include "tools/audit/source.h"
#include "tools/care/doctor.h"
#include "tools/care/records.h"
#include "tools/care/status.h"

namespace boxoffice::tools::care {

namespace {

namespace fs = std::filesystem;
namespace log = engine::log;

// A clock that was set back while the program ran may leave the log a moment ahead.
constexpr Duration ahead_max = std::chrono::minutes(1);

std::string mend_damage(const fs::path& data) {
  const auto backup = last_backup(data);
  const std::string where =
      backup && backup.value() ? " of " + backup.value()->directory + ", the last backup," : "";
  return fmt::format(
      "keep a copy of the directory; `boxoffice log verify` says what is whole, "
      "`boxoffice backup restore`{} makes it whole again",
      where);
}

void log_is_refused(const fs::path& data, const Fault& fault, Findings& findings) {
  std::string mend = "run this as the server's user; look at the disk";
  if (fault.kind == FaultKind::corrupt) mend = mend_damage(data);
  if (fault.kind == FaultKind::newer_format) mend = "use the newer version of the program";
  findings.add({.check = "log",
                .verdict = Verdict::wrong,
                .found = fault.text,
                .why = "the server does not start with it",
                .mend = std::move(mend)});
}

// Whether the slot is whole; nothing when there is none.
std::optional<bool> is_whole(const fs::path& slot) {
  std::ifstream file(slot, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return log::decode_head_mark({data, bytes.size()}).has_value();
}

void examine_head_mark(const fs::path& head, Position end, Findings& findings) {
  std::error_code error;
  if (fs::exists(head / log::accept_file, error)) {
    return findings.add({.check = "head mark",
                         .verdict = Verdict::warning,
                         .found = (head / log::accept_file).string() + " is there",
                         .why = "the next start takes the log as it is, whatever it has lost",
                         .mend = "delete it, unless that is what you want"});
  }
  std::size_t whole = 0;
  std::size_t damaged = 0;
  for (const char* slot : log::head_mark_slots) {
    const auto found = is_whole(head / slot);
    if (found && *found) ++whole;
    if (found && !*found) ++damaged;
  }
  if (whole == 0 && end) {
    return findings.add({.check = "head mark",
                         .verdict = Verdict::wrong,
                         .found = "there is none in " + head.string(),
                         .why = "whether the log has lost its end cannot be told: the server does "
                                "not start",
                         .mend = "find out where it went; to go on with the log as it is, create "
                                 "the file " +
                                 (head / log::accept_file).string()});
  }
  if (damaged > 0 || whole == 1) {
    return findings.add(
        {.check = "head mark",
         .verdict = Verdict::warning,
         .found = "one of its two slots is missing or damaged",
         .why = "the other one says the same; without it the log is refused",
         .mend = "the server writes it again; if this comes back, look at the disk"});
  }
  findings.ok("head mark", "both slots are whole, and the log is what they say");
}

// Of the last event, which costs one frame.
Result<LogEnd> end_of(const log::EventLog& event_log) {
  LogEnd end{.position = event_log.head().last, .time = {}};
  if (!end.position) return end;
  TRY(const auto frame, event_log.read(end.position)->next());
  if (frame) end.time = frame->time;
  return end;
}

}  // namespace

std::optional<LogEnd> examine_log(const Patient& patient, Findings& findings) {
  const auto opened = audit::open_log(patient.data);
  if (!opened) {
    log_is_refused(patient.data, opened.error(), findings);
    return std::nullopt;
  }
  const auto end = end_of(*opened.value());
  if (!end) {
    log_is_refused(patient.data, end.error(), findings);
    return std::nullopt;
  }
  findings.ok("log", fmt::format("opens, and ends at position {} (`boxoffice log verify` reads all "
                                 "of it)",
                                 end.value().position.value));
  examine_head_mark(patient.data / "head", end.value().position, findings);
  return end.value();
}

void examine_clock(const Patient& patient, const LogEnd& end, Findings& findings) {
  const Duration ahead = end.time - patient.now;
  if (ahead <= ahead_max) {
    return findings.ok("clock", end.position ? "the last event is of " + to_string(end.time)
                                             : "there is no event to compare it with");
  }
  findings.add({.check = "clock",
                .verdict = Verdict::wrong,
                .found = fmt::format("the last event is of {}, {} ahead of this machine's clock",
                                     to_string(end.time), text_of(ahead)),
                .why = "time goes on from there: locks and bookings get times in the future",
                .mend = "set this machine's clock (timedatectl); if it is right, the one before "
                        "was not"});
}

}  // namespace boxoffice::tools::care
