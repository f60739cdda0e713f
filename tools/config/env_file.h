// The `.env` file: KEY=value lines that stand in for environment variables.
//
//   file    = [ BOM ] *( line ( LF / CRLF ) )
//   line    = blank / "#" comment / [ "export " ] KEY "=" value [ blank "#" comment ]
//   KEY     = ( letter / "_" ) *( letter / digit / "_" )
//   value   = bare text, blanks around it dropped
//           / "'" text as it is "'"
//           / '"' text with \\ \" \n \r \t '"'
//
// Nothing is expanded: a `$` is a dollar sign. A key that is given twice has its last value.
// A line that is none of this is an error with its number, never skipped and never quoted in the
// error: it may hold a secret.
// Limits: 64 KiB.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boxoffice::tools::config {

struct EnvFileValue {
  std::string text;
  int line = 0;  ///< from 1

  bool operator==(const EnvFileValue&) const = default;
};
using EnvFile = std::map<std::string, EnvFileValue>;

/// Faults: `invalid`, "<name> line 3: …".
Result<EnvFile> parse_env_file(std::string_view content, const std::string& name);

/// Reads and parses the file; a missing one is empty.
Result<EnvFile> read_env_file(const std::filesystem::path& path);

/// Creates `path` (mode 0600) with a random SECRET_KEY unless there is a file already, which is
/// never touched. True: created.
Result<bool> ensure_env_file(const std::filesystem::path& path);

}  // namespace boxoffice::tools::config
