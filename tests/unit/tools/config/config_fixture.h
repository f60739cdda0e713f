// Loads a configuration from values that a test writes down.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"
#include "tools/config/config.h"

namespace boxoffice::tools::config {

using Values = std::map<std::string, std::string>;

/// Where a test's values come from; what is left out is empty.
struct Sources {
  Values command_line{};
  Values environment{};
  std::string env_file{};
};

class ConfigTest : public ::testing::Test {
 protected:
  Result<Config> load(const Sources& sources) {
    write_file(env_path(), sources.env_file);
    return load_config(
        sources.command_line,
        [&](const std::string& name) -> std::optional<std::string> {
          const auto found = sources.environment.find(name);
          if (found == sources.environment.end()) return std::nullopt;
          return found->second;
        },
        env_path());
  }

  /// The error's one line, with the temporary folder cut out; empty when it loads.
  std::string error_of(const Sources& sources) {
    const Result<Config> config = load(sources);
    if (config) return "";
    EXPECT_EQ(config.error().kind, FaultKind::invalid);
    EXPECT_EQ(config.error().text.find('\n'), std::string::npos) << "more than one line";
    return without_folder(config.error().text);
  }
  std::string error_with(const std::string& name, const std::string& value) {
    return error_of({.environment = {{name, value}}});
  }
  bool accepts(const std::string& name, const std::string& value) {
    return error_with(name, value).empty();
  }

  std::string without_folder(std::string text) const {
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) {
      text.erase(at, prefix.size());
    }
    return text;
  }

  std::filesystem::path env_path() const { return folder_.path() / ".env"; }

 private:
  tests::TempDir folder_;
};

inline const std::string good_secret =
    "b1946ac92492d2347c6235b4d2611184a1e6f0c0c1d2e3f405162738495a6b7c";

}  // namespace boxoffice::tools::config
