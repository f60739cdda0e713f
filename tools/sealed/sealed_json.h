// Small files that must not change by a single byte: one line of JSON whose last member is the
// SHA-256 of all that stands before it. There is exactly one way to write a value down, and a file
// that differs from it is refused: a changed byte is never a matter of taste.
//
//   {"format":"boxoffice …","version":1,…,"sha256":"…"}\n
//
// The checksum finds damage, not forgery: anybody can compute it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/result.h"
#include "http/json/decode.h"
#include "http/json/write.h"

namespace boxoffice::tools::sealed {

/// Ends `json`, an object, with its checksum and a line feed.
std::string seal_text(std::string json);

/// The object that was sealed; empty when the checksum or the form is not right.
std::optional<std::string> unseal_text(std::string_view text);

/// `name`: is not what was written.
Fault damaged(const std::string& name, std::string_view why);

template <Described T>
std::string seal(const T& value) {
  return seal_text(http::json::to_json(value));
}

/// What seal() wrote. T has the members `format` and `version`, whose defaults are demanded.
/// `name` is how faults call the file. Faults: `corrupt`; `newer_format`, when it is intact and
/// of another version.
template <Described T>
Result<T> unseal(std::string_view text, const std::string& name) {
  const auto json = unseal_text(text);
  if (!json) return damaged(name, "its checksum does not match");
  http::json::Issues issues;
  const auto value = http::json::decode_body<T>(*json, issues);
  if (value && value->format == T().format && value->version > T().version) {
    return fault(FaultKind::newer_format, name + ": written by a newer version of this program");
  }
  if (!value || value->format != T().format || value->version != T().version) {
    return damaged(name, "is not a file of the kind \"" + T().format + "\"");
  }
  if (http::json::to_json(*value) != *json) return damaged(name, "is not in its one form");
  return *value;
}

/// The whole file. Faults: `not_found`, `invalid` (no regular file, or above `bytes_max`), `io`.
Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t bytes_max);

/// Creates `path`, readable by its owner only; it is on disk on return. Faults: `invalid` when
/// there is a file of that name already, `no_space`, `io`.
Result<void> create_file(const std::filesystem::path& path, std::string_view content);

}  // namespace boxoffice::tools::sealed
