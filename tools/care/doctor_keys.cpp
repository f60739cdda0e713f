// The keys beside a log: whether they are there, whole, as many as the log names, and nobody
// else's.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/replay.h"
#include "engine/snapshot_store.h"
#include "http/personal/user_keys.h"
#include "tools/audit/source.h"
#include "tools/care/doctor.h"

namespace boxoffice::tools::care {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t fingerprint_key_bytes = 32;
// Replayed to learn which keys the log names: a few seconds.
constexpr std::uint64_t events_replayed_max = 2'000'000;

Finding keys_are_missing(const std::string& found) {
  return {.check = "keys",
          .verdict = Verdict::wrong,
          .found = found,
          .why =
              "without it nobody can be found by an address, or read: a log with users is not "
              "served",
          .mend =
              "put the keys back from where they are kept; backup restore does when the backup "
              "was made --with-keys"};
}

// The highest key that the log names; nothing when that cannot be told, or not soon.
std::optional<UserKeyId> last_key_named(const fs::path& data) {
  const auto log = audit::open_log(data);
  if (!log) return std::nullopt;
  auto newest = engine::SnapshotStore(data / "snapshots").newest(*log.value(), [](const Fault&) {});
  if (!newest) return std::nullopt;
  auto state = newest.value() ? *std::move(newest).value() : engine::Snapshot{};
  const Position end = log.value()->head().last;
  if (end.value - state.head.last.value > events_replayed_max) return std::nullopt;
  const auto nothing = [](const events::Frame&) -> Result<void> { return success(); };
  if (!engine::replay_on(state, *log.value(), end, nothing)) return std::nullopt;
  return engine::named_user_keys(state.state).last;
}

// The file is there, a file, under one name, and may be read; else what it is.
std::optional<Finding> not_a_key_file(const fs::path& path) {
  struct stat found {};
  const bool there = ::lstat(path.c_str(), &found) == 0;
  if (!there && errno != ENOENT) return cannot_be_read("keys", path);
  if (!there || !S_ISREG(found.st_mode) || found.st_size == 0) {
    return keys_are_missing(path.string() + " is missing, or not whole");
  }
  if (found.st_nlink > 1) {
    return Finding{.check = "keys",
                   .verdict = Verdict::wrong,
                   .found = fmt::format("{} has a second name", path.string()),
                   .why =
                       "a key that is destroyed must be gone everywhere: the server does not "
                       "start",
                   .mend = "find it (find / -samefile FILE) and delete the other name"};
  }
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    return cannot_be_read("keys", path);
  }
  return std::nullopt;
}

std::optional<Finding> open_to_others(const fs::path& keys) {
  for (const fs::path& path : {keys, keys / "fingerprint.key", keys / "users.keys"}) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0 || (found.st_mode & 077) == 0) continue;
    return Finding{
        .check = "keys",
        .verdict = Verdict::wrong,
        .found =
            fmt::format("{} is open to others (mode {:o})", path.string(), found.st_mode & 0777),
        .why = "who can read the keys can read who everybody is",
        .mend = fmt::format("chmod -R go= {}; others may have read them already", keys.string())};
  }
  return std::nullopt;
}

// `named`: by the log; looked up before, so that a server that runs has drawn no more than these.
Finding counted(const fs::path& users_keys, const std::optional<UserKeyId>& named) {
  const auto count = http::personal::count_user_keys(users_keys);
  if (!count) return keys_are_missing(count.error().text);
  if (named && count.value() < named->value) {
    return keys_are_missing(fmt::format("{} was cut: it has {} keys, the log names {}",
                                        users_keys.string(), count.value(), named->value));
  }
  return {.check = "keys",
          .verdict = Verdict::ok,
          .found = fmt::format("there, and for their owner only{}",
                               named ? "" : "; how many the log names is not known"),
          .why = {},
          .mend = {}};
}

}  // namespace

void examine_keys(const Patient& patient, Findings& findings) {
  const fs::path keys = patient.data / "keys";
  for (const char* name : {"fingerprint.key", "users.keys"}) {
    if (auto found = not_a_key_file(keys / name)) return findings.add(*std::move(found));
  }
  std::error_code error;
  if (fs::file_size(keys / "fingerprint.key", error) != fingerprint_key_bytes) {
    return findings.add(
        keys_are_missing((keys / "fingerprint.key").string() + " is missing, or not whole"));
  }
  if (auto found = open_to_others(keys)) return findings.add(*std::move(found));
  findings.add(counted(keys / "users.keys", last_key_named(patient.data)));
}

}  // namespace boxoffice::tools::care
