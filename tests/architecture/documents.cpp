#include "tests/architecture/documents.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

namespace boxoffice::tests::architecture {
namespace {

/// `Suite.name` of every GoogleTest test in the tree.
std::set<std::string> names_of_tests(const std::vector<SourceFile>& files) {
  static const std::regex test(R"((?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP))"
                               R"(\(\s*(\w+),\s*(\w+))");
  std::set<std::string> names;
  for (const auto& file : files) {
    if (!file.path.starts_with("tests/")) continue;
    std::string text;
    for (const auto& line : file.code) text += line + "\n";
    for (std::sregex_iterator it(text.begin(), text.end(), test), end; it != end; ++it) {
      names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  }
  return names;
}

}  // namespace

Findings check_named_tests(std::string_view document, std::string_view markdown,
                           const std::vector<SourceFile>& files,
                           const std::filesystem::path& root) {
  static const std::regex quoted(R"(`([A-Z]\w*\.[a-z]\w*|tests/[^`\s]+)`)");
  const auto names = names_of_tests(files);
  const std::string text(markdown);
  Findings findings;
  for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it) {
    const auto name = (*it)[1].str();
    const bool exists =
        name.starts_with("tests/") ? std::filesystem::exists(root / name) : names.contains(name);
    if (exists) continue;
    findings.push_back(
        {std::string(document), "names " + name +
                                    ", which does not exist. Name the "
                                    "test that shows it, or take the promise back."});
  }
  return findings;
}

}  // namespace boxoffice::tests::architecture
