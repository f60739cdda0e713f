// A source file as the architecture rules see it: its lines, its code without comments and string
// contents, and what it includes.
//
// Limits: a reading of C++ by characters, not by grammar. It is enough for the rules here, which
// look for words, includes and braces; it does not expand macros or splice lines.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::tests::architecture {

struct Include {
  std::size_t line = 0;  ///< from 1
  std::string target;    ///< `base/ids.h`, `vector`
  bool quoted = false;   ///< "…" rather than <…>
};

struct SourceFile {
  std::string path;  ///< from the root of the repository: `base/ids.h`
  std::vector<std::string> lines;
  /// `lines` with comments, and what is inside string and character literals, as spaces.
  std::vector<std::string> code;
  std::vector<Include> includes;

  bool is_header() const { return path.ends_with(".h"); }
  /// The folder it is in: `engine/domain`.
  std::string_view folder() const;
};

/// What broke a rule: where, and what to do about it.
struct Finding {
  std::string where;  ///< `path:line`, or `path`
  std::string what;
};
using Findings = std::vector<Finding>;

/// One finding a line, for a failure's text.
std::string to_string(const Findings& findings);

/// Reads `text` as the file at `path`.
SourceFile parse_source(std::string path, std::string_view text);

/// Every .h and .cpp file of the project below `root`, by path.
std::vector<SourceFile> read_source_tree(const std::filesystem::path& root);

/// Offset of `word` in `code` at or after `from`, as a whole word; npos when it is not there.
std::size_t find_word(std::string_view code, std::string_view word, std::size_t from = 0);

}  // namespace boxoffice::tests::architecture
