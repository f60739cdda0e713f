// What was made from a log, and of it: snapshots, read models, backups, verifications.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include "engine/snapshot_store.h"
#include "projections/read_models.h"
#include "tools/care/doctor.h"
#include "tools/care/records.h"
#include "tools/care/status.h"
#include "tools/care/stored_models.h"

namespace boxoffice::tools::care {

namespace {

namespace fs = std::filesystem;
using projections::ReadModels;

// A day, and an hour for the backup of the day to be made.
constexpr Duration backup_age_max = std::chrono::hours(25);
constexpr Duration backup_age_alarming = std::chrono::hours(24 * 7);
constexpr Duration verify_age_max = std::chrono::hours(24 * 31);

bool is_beyond(Position position, const MaybeEnd& end) { return end && position > end->position; }

// A log that was copied back, or put back from an older backup, goes on with other events.
Finding beyond_the_log(std::string check, Position position, const LogEnd& end) {
  return {.check = std::move(check),
          .verdict = Verdict::wrong,
          .found = fmt::format("it goes up to position {}, and the log ends at {}", position.value,
                               end.position.value),
          .why = "the log has lost its end, or this is not the log that it was made of",
          .mend =
              "find out which log this is before anything is written to it; `boxoffice log "
              "diff` compares two"};
}

std::optional<Position> end_of(const MaybeEnd& end) {
  return end ? std::optional(end->position) : std::nullopt;
}

// What came after `position`.
std::string events_since(Position position, const MaybeEnd& end) {
  if (!end) return "the log's end is not known";
  return fmt::format("{} events have come since", end->position.value - position.value);
}

std::string mend_backup() {
  return "boxoffice backup create DIRECTORY, every day, on another disk";
}

// The newest snapshot that a start would use, and why newer ones are not.
struct Usable {
  std::optional<engine::SnapshotFile> file;
  std::optional<std::string> passed_over;
};

Result<Usable> usable_snapshot(const fs::path& folder) {
  TRY(const auto files, engine::SnapshotStore(folder).list());
  Usable out;
  for (const auto& file : files) {
    const auto loaded = engine::SnapshotStore::load(file.path);
    if (loaded) {
      out.file = file;
      break;
    }
    // A running server keeps the newest three: an older one may just have gone.
    if (loaded.error().kind == FaultKind::not_found) continue;
    if (!out.passed_over) out.passed_over = loaded.error().text;
  }
  return out;
}

std::string known_names_missing(const std::vector<ReadModels::Status>& stored) {
  const auto known = ReadModels::known();
  std::string names;
  for (const auto& found : stored) {
    const bool is_known =
        std::ranges::find(known, found.name, &ReadModels::Status::name) != known.end();
    if (!is_known) names += (names.empty() ? "" : ", ") + found.name;
  }
  return names;
}

Finding newer_model(const StoredModel& model) {
  return {.check = "read models",
          .verdict = Verdict::wrong,
          .found = fmt::format("{} is of version {}, this program knows {}", model.name,
                               model.stored_version, model.version),
          .why = "this program does not start with it",
          .mend =
              "use the newer program; to go back to this one, `boxoffice projections prepare` "
              "of this one first, beside the server; or delete read/ while no server runs"};
}

Finding models_unreadable(const Fault& fault) {
  return {.check = "read models",
          .verdict = Verdict::wrong,
          .found = fault.text,
          .why = "the server does not start, or cannot answer",
          .mend = fault.kind == FaultKind::io
                      ? "run this as the server's user; look at the disk"
                      : "delete read/ while no server runs: the next start makes it from the log"};
}

}  // namespace

void examine_snapshots(const Patient& patient, const MaybeEnd& end, Findings& findings) {
  const auto usable = usable_snapshot(patient.data / "snapshots");
  if (!usable || usable.value().passed_over) {
    return findings.add({.check = "snapshots",
                         .verdict = Verdict::warning,
                         .found = usable ? *usable.value().passed_over : usable.error().text,
                         .why = "a start passes it over and replays more of the log",
                         .mend = usable ? "delete the file; `boxoffice snapshot create` makes one"
                                        : "run this as the server's user; look at the disk"});
  }
  const auto& file = usable.value().file;
  if (file && is_beyond(file->position, end)) {
    return findings.add(beyond_the_log("snapshots", file->position, *end));
  }
  const std::string newest =
      file ? fmt::format("the newest is of position {}", file->position.value) : "there is none";
  if (!end) return findings.ok("snapshots", newest + "; the log's end is not known");
  const std::uint64_t to_replay = end->position.value - (file ? file->position.value : 0);
  const std::string found = fmt::format("{}; a start replays {} events", newest, to_replay);
  const std::uint64_t every = patient.snapshot_every_events;
  if (every == 0 || to_replay < 2 * every) return findings.ok("snapshots", found);
  findings.add({.check = "snapshots",
                .verdict = Verdict::warning,
                .found = found,
                .why = fmt::format("one is to be made every {} events: a start takes longer than "
                                   "it has to",
                                   every),
                .mend = "look for \"no snapshot made\" in the server's log; `boxoffice snapshot "
                        "create` makes one"});
}

void examine_read_models(const Patient& patient, const MaybeEnd& end, Findings& findings) {
  const auto stored = look_at_models((patient.data / "read").string());
  if (!stored) return findings.add(models_unreadable(stored.error()));
  const auto models = stored_models(patient.data, end_of(end));
  if (!models) return findings.add(models_unreadable(models.error()));
  std::string to_make;
  std::string prepared;
  for (const StoredModel& model : models.value()) {
    if (model.prepared && model.stored_version != model.version) {
      prepared += " " + model.name;
      continue;
    }
    if (model.stored_version > model.version) return findings.add(newer_model(model));
    if (is_beyond(model.position, end)) {
      return findings.add(beyond_the_log("read models", model.position, *end));
    }
    if (model.stored_version < model.version) to_make += " " + model.name;
  }
  if (const auto names = known_names_missing(stored.value()); !names.empty()) {
    return findings.add({.check = "read models",
                         .verdict = Verdict::warning,
                         .found = "there are rows of what this program does not know: " + names,
                         .why = "they take room, and nobody keeps them up to date",
                         .mend = "if no other version needs them, delete read/ while no server "
                                 "runs: the next start makes what is needed"});
  }
  if (!to_make.empty()) {
    return findings.add({.check = "read models",
                         .verdict = Verdict::warning,
                         .found = "missing, or of an older version:" + to_make,
                         .why = "the next start makes them from the log first, about two seconds "
                                "a million events",
                         .mend = "`boxoffice projections prepare` makes them before that, while "
                                 "an older version serves"});
  }
  const std::string beside = end ? "none ahead of the log" : "the log's end is not known";
  findings.ok("read models", prepared.empty() ? "of this version, " + beside
                                              : "prepared for this version:" + prepared);
}

void examine_backup(const Patient& patient, const MaybeEnd& end, Findings& findings) {
  const auto backup = last_backup(patient.data);
  if (!backup || !backup.value()) {
    return findings.add({.check = "backup",
                         .verdict = Verdict::warning,
                         .found = backup ? "none that is known of" : backup.error().text,
                         .why = "what is lost with this disk is lost",
                         .mend = mend_backup()});
  }
  const auto& last = *backup.value();
  if (is_beyond(last.position, end)) {
    return findings.add(beyond_the_log("backup", last.position, *end));
  }
  const Duration age = patient.now - last.time;
  const std::string found = fmt::format("{} old, {}, in {}", text_of(age),
                                        events_since(last.position, end), last.directory);
  std::error_code error;
  if (!fs::exists(last.directory, error)) {
    return findings.add({.check = "backup",
                         .verdict = Verdict::warning,
                         .found = found + ", which is not there now",
                         .why = "a backup that cannot be found is none",
                         .mend = "mount it, or " + mend_backup()});
  }
  if ((end && last.position == end->position) || age <= backup_age_max)
    return findings.ok("backup", found);
  findings.add({.check = "backup",
                .verdict = age > backup_age_alarming ? Verdict::wrong : Verdict::warning,
                .found = found,
                .why = "what came since is lost with this disk",
                .mend = mend_backup()});
}

void examine_verification(const Patient& patient, const MaybeEnd& end, Findings& findings) {
  const auto verify = last_verify(patient.data);
  const std::string mend = "boxoffice log verify, every month; it works beside the server";
  if (!verify || !verify.value()) {
    return findings.add({.check = "verification",
                         .verdict = Verdict::warning,
                         .found = verify ? "none that is known of" : verify.error().text,
                         .why = "damage in what is rarely read is found when it is needed",
                         .mend = mend});
  }
  const auto& last = *verify.value();
  if (!last.ok) {
    return findings.add(
        {.check = "verification",
         .verdict = Verdict::wrong,
         .found = fmt::format("the last one, {} ago, found: {}", text_of(patient.now - last.time),
                              last.fault.value_or("something wrong")),
         .why = "the log is not what was written",
         .mend = "keep a copy; `boxoffice log verify` again, then restore a backup"});
  }
  if (is_beyond(last.position, end)) {
    return findings.add(beyond_the_log("verification", last.position, *end));
  }
  const Duration age = patient.now - last.time;
  const std::string found =
      fmt::format("{} ago, in order up to position {}", text_of(age), last.position.value);
  if (age <= verify_age_max) return findings.ok("verification", found);
  findings.add({.check = "verification",
                .verdict = Verdict::warning,
                .found = found,
                .why = "damage in what is rarely read is found when it is needed",
                .mend = mend});
}

}  // namespace boxoffice::tools::care
