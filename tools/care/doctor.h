// `boxoffice doctor`: looks for what is wrong, or will be, around a data directory; reads only,
// also beside the server that has it open. Each finding says what was found, why it matters and
// how to mend it. What takes long (reading the log through) is left to the commands that it names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "engine/log/event_log.h"
#include "tools/config/config.h"

namespace boxoffice::tools::care {

/// `warning`: it works, and should be looked at by day. `wrong`: it does not work, or will not
/// after the next start.
enum class Verdict : std::uint8_t { ok, warning, wrong };
BOOST_DESCRIBE_ENUM(Verdict, ok, warning, wrong)

struct Finding {
  std::string check;
  Verdict verdict = Verdict::ok;
  std::string found;
  std::string why;   ///< it matters; empty when it is ok
  std::string mend;  ///< how; empty when it is ok
};
BOOST_DESCRIBE_STRUCT(Finding, (), (check, verdict, found, why, mend))

/// Collects what was found.
class Findings {
 public:
  void ok(std::string check, std::string found) {
    all_.push_back({std::move(check), Verdict::ok, std::move(found), {}, {}});
  }
  void add(Finding finding) { all_.push_back(std::move(finding)); }
  const std::vector<Finding>& all() const { return all_; }
  std::size_t count(Verdict verdict) const;

 private:
  std::vector<Finding> all_;
};

/// What a data directory is examined for.
struct Patient {
  std::filesystem::path data;
  std::uint64_t ballast_mib = 0;
  std::uint64_t snapshot_every_events = 0;
  Instant now;
};

/// Of somebody who is not the server's user, as a finding of `check`.
Finding cannot_be_read(std::string check, const std::filesystem::path& path);

/// The settings, as this environment gives them, and what of them a start would not accept.
void examine_settings(const config::Settings& settings, Findings& findings);

/// The directory itself: who may read it, what is missing, room, limits.
/// False when there is nothing more to examine.
bool examine_directory(const Patient& patient, Findings& findings);
void examine_keys(const Patient& patient, Findings& findings);
void examine_disk(const Patient& patient, Findings& findings);
void examine_limits(Findings& findings);

/// The log and its head mark; the log's end, when it could be opened.
struct LogEnd {
  Position position;
  Instant time;
};
std::optional<LogEnd> examine_log(const Patient& patient, Findings& findings);
void examine_clock(const Patient& patient, const LogEnd& end, Findings& findings);

/// What was made from the log, or of it; as far as that can be told when its end is not known.
using MaybeEnd = std::optional<LogEnd>;
void examine_snapshots(const Patient& patient, const MaybeEnd& end, Findings& findings);
void examine_read_models(const Patient& patient, const MaybeEnd& end, Findings& findings);
void examine_backup(const Patient& patient, const MaybeEnd& end, Findings& findings);
void examine_verification(const Patient& patient, const MaybeEnd& end, Findings& findings);

/// All of the above; the settings alone when they do not say where the data are.
Findings examine(const config::Settings& settings, Instant now);

/// For a person: a line each, and two more for what is not ok.
std::string text_of(const Finding& finding);

}  // namespace boxoffice::tools::care
