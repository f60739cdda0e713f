#include "tools/backup/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "base/describe.h"
#include "http/auth/primitives.h"
#include "tools/backup/durable_file.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::backup {

namespace {

namespace fs = std::filesystem;
using http::auth::Base64;

// Of some sixteen million users, and in base64.
constexpr std::uintmax_t key_file_bytes_max = std::uintmax_t{1} << 30;
constexpr std::uintmax_t bundle_bytes_max = std::uintmax_t{3} << 29;

struct KeyFile {
  std::string name;     // relative, with '/' between folders
  std::string content;  // base64
};
BOOST_DESCRIBE_STRUCT(KeyFile, (), (name, content))

struct KeyBundle {
  std::string format = "boxoffice backup keys";
  std::int64_t version = 1;
  std::vector<KeyFile> files;
};
BOOST_DESCRIBE_STRUCT(KeyBundle, (), (format, version, files))

fs::path bundle_path(const fs::path& backup) { return backup / "keys.json"; }

// A name that leads nowhere but below the folder that it is written to.
bool is_safe(const fs::path& name) {
  return !name.empty() && name.is_relative() && name == name.lexically_normal() &&
         std::none_of(name.begin(), name.end(), [](const fs::path& part) {
           return part == ".." || part == "." || part.empty();
         });
}

Result<KeyBundle> load_bundle(const fs::path& path) {
  TRY(const std::string text, sealed::read_file(path, bundle_bytes_max));
  TRY(auto bundle, sealed::unseal<KeyBundle>(text, path.string()));
  for (const KeyFile& file : bundle.files) {
    if (!is_safe(file.name) || !http::auth::from_base64(file.content, Base64::standard)) {
      return sealed::damaged(path.string(), "has a file that cannot be restored");
    }
  }
  return bundle;
}

Fault unreadable(const fs::path& path, const std::error_code& error) {
  return fault(FaultKind::io, fmt::format("cannot read {}: {}", path.string(), error.message()));
}

}  // namespace

Result<void> save_keys(const fs::path& keys, const fs::path& backup) {
  KeyBundle bundle;
  std::error_code error;
  for (fs::recursive_directory_iterator at(keys, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_directory(error)) continue;
    if (at->is_symlink(error) || !at->is_regular_file(error)) {
      return fault(FaultKind::invalid, at->path().string() + ": is not a regular file");
    }
    const auto content = sealed::read_file(at->path(), key_file_bytes_max);
    if (!content && content.error().kind == FaultKind::not_found) continue;  // destroyed just now
    if (!content) return content.error();
    bundle.files.push_back({at->path().lexically_relative(keys).generic_string(),
                            http::auth::to_base64(content.value(), Base64::standard)});
  }
  if (error) return unreadable(keys, error);
  std::ranges::sort(bundle.files, {}, &KeyFile::name);
  return write_durable_file(bundle_path(backup), sealed::seal(bundle));
}

Result<bool> check_keys(const fs::path& backup) {
  const fs::path path = bundle_path(backup);
  if (!fs::exists(path)) return false;
  TRY(load_bundle(path));
  return true;
}

Result<bool> restore_keys(const fs::path& backup, const fs::path& keys) {
  const fs::path path = bundle_path(backup);
  if (!fs::exists(path)) return false;
  TRY(const KeyBundle bundle, load_bundle(path));
  for (const KeyFile& file : bundle.files) {
    const fs::path target = keys / fs::path(file.name);
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) {
      return fault(FaultKind::io, fmt::format("cannot create {}: {}", target.parent_path().string(),
                                              error.message()));
    }
    TRY(sealed::create_file(target, *http::auth::from_base64(file.content, Base64::standard)));
  }
  return true;
}

}  // namespace boxoffice::tools::backup
