#include "tools/house_keys.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <utility>

#include "http/auth/open_file.h"
#include "tools/logging.h"

namespace boxoffice::tools {

namespace {

namespace fs = std::filesystem;
using engine::NamedUserKeys;
using http::personal::KeyState;
using http::personal::MissingKeys;
using http::personal::UserKeys;

// A person's word that keys are lost, and how it is given.
struct Acceptance {
  fs::path file;
  bool given = false;

  std::string how() const {
    return "; to go on without, and never know again who was who, create the file " + file.string();
  }
};

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return fault(FaultKind::io,
                 fmt::format("cannot create {}: {}", folder.string(), error.message()));
  }
  // A durable event must not name a key that a power cut takes.
  return http::auth::sync_folder(folder.parent_path());
}

Result<http::auth::FingerprintKey> open_fingerprint_key(const fs::path& path,
                                                        const NamedUserKeys& named,
                                                        const Acceptance& accept) {
  if (named.last && !accept.given && !fs::exists(path)) {
    return fault(FaultKind::not_found,
                 path.string() +
                     " is missing, but the log has users, who are found by it: put it back from "
                     "where the keys are kept" +
                     accept.how());
  }
  return http::auth::load_or_create_key(path);
}

Result<std::unique_ptr<UserKeys>> open_user_keys(const fs::path& path, const NamedUserKeys& named,
                                                 const Acceptance& accept) {
  auto keys =
      UserKeys::open(path, named.last, accept.given ? MissingKeys::give_up : MissingKeys::refuse);
  if (keys) return keys;
  const FaultKind kind = keys.error().kind;
  if (kind != FaultKind::not_found && kind != FaultKind::corrupt) return keys;
  return fault(kind, keys.error().text + accept.how());
}

Fault of_another_log(const fs::path& folder) {
  return fault(FaultKind::corrupt,
               folder.string() + " has the keys of another log: put this log's there instead");
}

// Every key that the log names is that key, or gone.
Result<void> check_user_keys(const UserKeys& keys, const NamedUserKeys& named,
                             const fs::path& folder) {
  std::size_t missing = 0;
  std::size_t damaged = 0;
  for (const UserKeyName& key : named.in_use) {
    TRY(const KeyState state, keys.state_of(key));
    if (state == KeyState::another) return of_another_log(folder);
    if (state == KeyState::destroyed) ++missing;
    if (state == KeyState::damaged) ++damaged;
  }
  for (const UserKeyName& key : named.erased) {
    const auto state = keys.state_of(key);
    if (state && state.value() == KeyState::another) return of_another_log(folder);
  }
  if (missing + damaged > 0) {
    // Those that are missing were given up by an operator's word.
    log(damaged > 0 ? LogLevel::error : LogLevel::warning,
        fmt::format("{}: of {} users, the keys of {} are missing and of {} damaged: nobody can "
                    "read who they are, and they cannot log in",
                    folder.string(), named.in_use.size(), missing, damaged));
  }
  return success();
}

// None when the read model that knows users has stopped: then nobody is found by an address anyway.
std::optional<projections::UserView> newest_user(const projections::ReadModels& models,
                                                 const NamedUserKeys& named) {
  for (const auto& model : models.status()) {
    if (model.name == "users" && !model.stopped.empty()) return std::nullopt;
  }
  return models.user(named.newest_user);
}

// Whoever was found by an address must be found by it still.
Result<void> check_fingerprints(HouseKeys& keys, const NamedUserKeys& named,
                                const projections::ReadModels& models, const Acceptance& accept) {
  const auto newest = newest_user(models, named);
  if (!newest) return success();
  const auto person = keys.personal().open(*newest);
  if (!person || !person.value()) return success();  // told of as damaged or missing
  if (keys.personal().fingerprint_of_email(person.value()->email) == newest->email_fingerprint) {
    return success();
  }
  if (!accept.given) {
    return fault(FaultKind::corrupt,
                 "fingerprint.key is not the one that users were registered with: put that one "
                 "back from where the keys are kept" +
                     accept.how());
  }
  log(LogLevel::warning,
      "fingerprint.key is another one than before: who registered before is not found by an "
      "address any more");
  return success();
}

}  // namespace

Result<std::unique_ptr<HouseKeys>> HouseKeys::open(const fs::path& folder,
                                                   const NamedUserKeys& named,
                                                   const projections::ReadModels& models) {
  TRY(make_folder(folder));
  const Acceptance accept{folder / "accept", fs::exists(folder / "accept")};
  TRY(const auto fingerprint_key, open_fingerprint_key(folder / "fingerprint.key", named, accept));
  TRY(auto user_keys, open_user_keys(folder / "users.keys", named, accept));
  TRY(check_user_keys(*user_keys, named, folder));
  std::unique_ptr<HouseKeys> keys(new HouseKeys(fingerprint_key, std::move(user_keys)));
  TRY(check_fingerprints(*keys, named, models, accept));
  // A process that ended between an erasure and its destruction, or keys that were restored.
  TRY(keys->user_keys().destroy(named.erased));
  std::error_code error;
  if (accept.given) fs::remove(accept.file, error);
  return keys;
}

}  // namespace boxoffice::tools
