// What can be told of a data directory without opening what is in it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "http/server/server.h"
#include "tools/care/doctor.h"
#include "tools/care/look.h"
#include "tools/care/status.h"

namespace boxoffice::tools::care {

namespace {

namespace fs = std::filesystem;

constexpr std::array folders{"log", "head", "read", "read.next", "snapshots", "keys"};
// Room for some hours of work of somebody who was called.
constexpr std::int64_t free_bytes_wanted = std::int64_t{2} << 30;

std::optional<struct stat> look_at(const fs::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return found;
}

// What is in the folders that is not as it should be.
struct Strays {
  std::optional<fs::path> foreign;  // the first that does not belong to the owner
  std::optional<fs::path> closed;   // a folder that could not be looked into
};

Strays strays_in(const fs::path& data, uid_t owner) {
  Strays strays;
  for (const char* folder : folders) {
    std::error_code error;
    for (fs::recursive_directory_iterator at(data / folder, error), end; !error && at != end;
         at.increment(error)) {
      const auto found = look_at(at->path());
      if (found && found->st_uid != owner && !strays.foreign) strays.foreign = at->path();
    }
    if (error == std::errc::permission_denied) strays.closed = data / folder;
  }
  return strays;
}

void examine_owner(const fs::path& data, const struct stat& directory, Findings& findings) {
  const auto [foreign, closed] = strays_in(data, directory.st_uid);
  if (!foreign && closed) return findings.add(cannot_be_read("owner", *closed));
  if (!foreign) return findings.ok("owner", "every file belongs to the directory's owner");
  findings.add({.check = "owner",
                .verdict = Verdict::wrong,
                .found = fmt::format("{} does not belong to the owner of {}", foreign->string(),
                                     data.string()),
                .why = "the server runs as that owner and may not write it",
                .mend = fmt::format("with the server stopped: chown -R --reference={0} {0}",
                                    data.string())});
}

Finding there_is_no_log(const fs::path& data) {
  return {.check = "data directory",
          .verdict = Verdict::wrong,
          .found = "there is no log in " + data.string(),
          .why = "a server that is started here begins with an empty house",
          .mend = "name the right one by DATABASE_URL, or restore a backup into it"};
}

}  // namespace

Finding cannot_be_read(std::string check, const fs::path& path) {
  return {.check = std::move(check),
          .verdict = Verdict::wrong,
          .found = path.string() + " cannot be read by who runs this",
          .why = "nothing can be said of it, neither good nor bad",
          .mend = "run this as the server's user"};
}

bool examine_directory(const Patient& patient, Findings& findings) {
  const auto found = look_at(patient.data);
  std::error_code error;
  if (!fs::is_directory(patient.data / "log", error) || !found) {
    const bool closed = error == std::errc::permission_denied;
    findings.add(closed ? cannot_be_read("data directory", patient.data)
                        : there_is_no_log(patient.data));
    return false;
  }
  if (fs::exists(patient.data / ".restoring", error)) {
    findings.add({.check = "data directory",
                  .verdict = Verdict::warning,
                  .found = "a restore into it was not finished (.restoring)",
                  .why = "what it had written so far takes room",
                  .mend = "when no `boxoffice backup restore` runs: delete .restoring"});
  } else {
    findings.ok("data directory", patient.data.string());
  }
  examine_owner(patient.data, *found, findings);
  return true;
}

void examine_disk(const Patient& patient, Findings& findings) {
  const auto disk = space_of(patient.data);
  const std::string found = bytes_text(disk.free_bytes) + " are free";
  if (disk.low) {
    findings.add({.check = "disk",
                  .verdict = Verdict::wrong,
                  .found = found,
                  .why = "commands are answered 503, and a server that is stopped does not start",
                  .mend = fmt::format("make room, {} at least; deleting {} gives {} MiB",
                                      bytes_text(disk.free_bytes_min),
                                      (patient.data / "ballast").string(), patient.ballast_mib)});
  } else if (disk.free_bytes < free_bytes_wanted) {
    findings.add(
        {.check = "disk",
         .verdict = Verdict::warning,
         .found = found,
         .why = fmt::format("below {} commands are answered 503", bytes_text(disk.free_bytes_min)),
         .mend = "make room, or give the data a larger disk"});
  } else {
    findings.ok("disk", found);
  }
  std::error_code error;
  const auto bytes = fs::file_size(patient.data / "ballast", error);
  if (patient.ballast_mib == 0 || (!error && bytes >= patient.ballast_mib << 20)) {
    return findings.ok("ballast", patient.ballast_mib == 0 ? "none is wanted (BALLAST_MIB)"
                                                           : bytes_text(std::int64_t(bytes)));
  }
  findings.add({.check = "ballast",
                .verdict = Verdict::warning,
                .found = fmt::format("{} is missing, or smaller than BALLAST_MIB={}",
                                     (patient.data / "ballast").string(), patient.ballast_mib),
                .why = "when the disk is full there is nothing to delete",
                .mend = "a start lays it when there is room"});
}

void examine_limits(Findings& findings) {
  // What the server keeps for its own files (tools/front_door.cpp).
  constexpr rlim_t reserve = 512;
  const rlim_t wanted = http::ServerLimits().connections_max + reserve;
  rlimit limit{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  if (!known || limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= wanted) {
    return findings.ok("open files", "what is started from here may open enough");
  }
  findings.add({.check = "open files",
                .verdict = Verdict::warning,
                .found = fmt::format("what is started from here may open {} files", limit.rlim_max),
                .why = fmt::format("a server has room for {} connections with {}",
                                   http::ServerLimits().connections_max, wanted),
                .mend = "LimitNOFILE= in the service's unit, or ulimit -Hn"});
}

}  // namespace boxoffice::tools::care
