#include "tests/architecture/text_rules.h"

#include <algorithm>
#include <array>

namespace boxoffice::tests::architecture {
namespace {

constexpr auto npos = std::string_view::npos;

constexpr std::array<std::string_view, 2> macros_allowed = {"ENSURE", "TRY"};

/// Where an exception becomes an answer, a fault or an exit code: how many `try` blocks.
struct CatchSite {
  std::string_view path;
  std::ptrdiff_t blocks;
};
constexpr std::array catch_sites = {
    // An event that contradicts those before it is what an auditor is looking for.
    CatchSite{"tools/audit/checked_replay.cpp", 1},
    CatchSite{"http/server/task.h", 1},          // per request: a coroutine run by itself
    CatchSite{"http/server/connection.cpp", 2},  // per request: a 500; per connection: it is closed
    CatchSite{"http/api/api.cpp", 1},            // per request: a read model that cannot answer
    CatchSite{"http/api/reading.h", 1},          // per question: thrown where it was asked
    CatchSite{"http/server/io_loop.cpp", 1},     // per piece of posted work: it is logged
    CatchSite{"tools/main.cpp", 2},              // the command line; the process: an exit code
};

std::string place(const SourceFile& file, std::size_t index) {
  return file.path + ":" + std::to_string(index + 1);
}

/// Characters, not bytes: UTF-8 continuation bytes do not count.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

bool is_test_code(const SourceFile& file) {
  return file.path.starts_with("tests/") || file.path.starts_with("benchmarks/");
}

}  // namespace

Findings check_pragma_once(const SourceFile& file) {
  if (!file.is_header()) return {};
  const auto count = std::count(file.code.begin(), file.code.end(), "#pragma once");
  if (count == 1) return {};
  return {{file.path, "a header has one `#pragma once`, after its opening paragraph."}};
}

Findings check_lines(const SourceFile& file) {
  Findings findings;
  bool by_hand = false;  // a table whose rows are one line each, whatever their length
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string_view line = file.lines[i];
    if (line.find("// clang-format o") != npos) by_hand = line.ends_with("off");
    if (!by_hand && columns(line) > columns_max) {
      findings.push_back({place(file, i),
                          "longer than 100 columns. Run `make format`, then break "
                          "long comments and strings by hand."});
    }
    if (line.ends_with(' ') || line.ends_with('\r') || line.find('\t') != npos) {
      findings.push_back({place(file, i), "tab, trailing space or CR. Run `make format`."});
    }
  }
  return findings;
}

Findings check_file_length(const SourceFile& file) {
  if (file.lines.size() <= file_lines_max) return {};
  const auto top = file.lines.begin() + std::min<std::ptrdiff_t>(20, std::ssize(file.lines));
  if (std::any_of(file.lines.begin(), top, [](const std::string& line) {
        return line.find("Longer than 500 lines because") != npos;
      })) {
    return {};
  }
  return {{file.path, std::to_string(file.lines.size()) +
                          " lines. Split it where a reader would take a breath, or give the reason "
                          "at its top: \"Longer than 500 lines because …\"."}};
}

Findings check_no_todo(const SourceFile& file) {
  Findings findings;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    // In two pieces, so that this file passes its own rule.
    for (const std::string_view word : {"TO"
                                        "DO",
                                        "FIX"
                                        "ME"}) {
      if (find_word(file.lines[i], word) == npos) continue;
      findings.push_back({place(file, i), "do it, or open an issue and leave the code clean."});
    }
  }
  return findings;
}

Findings check_macros(const SourceFile& file) {
  Findings findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    std::string_view line = trimmed(file.code[i]);
    if (!line.starts_with("#define")) continue;
    line = trimmed(line.substr(std::string_view("#define").size()));
    const auto name = line.substr(0, line.find_first_of("( "));
    if (std::count(macros_allowed.begin(), macros_allowed.end(), name) != 0) continue;
    findings.push_back({place(file, i), "macro " + std::string(name) +
                                            ": only ENSURE and TRY. Write a function, a "
                                            "constexpr or a template."});
  }
  return findings;
}

Findings check_catch_sites(const SourceFile& file) {
  if (is_test_code(file)) return {};
  std::ptrdiff_t allowed = 0;
  for (const auto& site : catch_sites) {
    if (site.path == file.path) allowed = site.blocks;
  }
  Findings findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (file.code[i].starts_with("#") || find_word(file.code[i], "try") == npos) continue;
    if (--allowed >= 0) continue;
    findings.push_back({place(file, i),
                        "exceptions are caught per request, per connection and in main. Return a "
                        "Result, or add the site to catch_sites in tests/architecture/"
                        "text_rules.cpp with the reason."});
  }
  return findings;
}

}  // namespace boxoffice::tests::architecture
