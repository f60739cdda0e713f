// The house keeps its plan: every rule, over every source file of the project.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/architecture/documents.h"
#include "tests/architecture/domain_symbols.h"
#include "tests/architecture/include_rules.h"
#include "tests/architecture/source_file.h"
#include "tests/architecture/text_rules.h"

namespace boxoffice::tests::architecture {
namespace {

const std::vector<SourceFile>& tree() {
  static const auto files = read_source_tree(SOURCE_ROOT);
  return files;
}

Findings over_each_file(Findings (*rule)(const SourceFile&)) {
  Findings all;
  for (const auto& file : tree()) {
    const auto findings = rule(file);
    all.insert(all.end(), findings.begin(), findings.end());
  }
  return all;
}

void expect_none(const Findings& findings) { EXPECT_TRUE(findings.empty()) << to_string(findings); }

TEST(Architecture, the_whole_tree_was_read) {
  std::size_t base_headers = 0;
  for (const auto& file : tree()) base_headers += file.path == "base/ids.h" ? 1U : 0U;
  ASSERT_EQ(base_headers, 1U);
  ASSERT_GT(tree().size(), 20U);
}

TEST(Architecture, the_include_table_points_one_way) {
  expect_none(check_table_order(folder_rules()));
}

TEST(Architecture, folders_include_only_what_the_table_allows) {
  expect_none(check_folders(tree(), folder_rules()));
}

TEST(Architecture, libraries_stay_in_their_places) {
  expect_none(check_libraries(tree(), library_rules()));
}

TEST(Architecture, libraries_do_not_leave_their_folders_through_headers) {
  expect_none(check_library_reach(tree(), library_rules()));
}

TEST(Architecture, includes_are_named_from_the_root) { expect_none(check_paths(tree())); }

TEST(Architecture, a_source_file_includes_its_own_header_first) {
  expect_none(check_own_header_first(tree()));
}

TEST(Architecture, headers_do_not_include_each_other) { expect_none(check_cycles(tree())); }

TEST(Architecture, headers_have_pragma_once) { expect_none(over_each_file(check_pragma_once)); }

TEST(Architecture, lines_are_short_and_clean) { expect_none(over_each_file(check_lines)); }

TEST(Architecture, files_are_short) { expect_none(over_each_file(check_file_length)); }

TEST(Architecture, functions_are_short) { expect_none(over_each_file(check_function_length)); }

TEST(Architecture, nothing_is_left_to_do) { expect_none(over_each_file(check_no_todo)); }

TEST(Architecture, there_are_three_macros) { expect_none(over_each_file(check_macros)); }

TEST(Architecture, exceptions_are_caught_in_few_places) {
  expect_none(over_each_file(check_catch_sites));
}

TEST(Architecture, the_domain_names_nothing_impure) {
  expect_none(over_each_file(check_domain_words));
}

TEST(Architecture, the_domain_never_walks_a_hash_container) {
  expect_none(check_domain_iteration(tree()));
}

TEST(Architecture, each_guarantee_names_tests_that_exist) {
  const std::filesystem::path root = SOURCE_ROOT;
  std::ifstream in(root / "docs/guarantees.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(text.empty());
  expect_none(check_named_tests("docs/guarantees.md", text, tree(), root));
}

#ifdef DOMAIN_LIBRARY
TEST(Architecture, the_domain_library_asks_nothing_of_the_world) {
  const std::unique_ptr<FILE, int (*)(FILE*)> nm(popen("nm -C -u '" DOMAIN_LIBRARY "'", "r"),
                                                 pclose);
  ASSERT_TRUE(nm);
  std::string symbols;
  std::array<char, 4096> buffer{};
  while (const auto n = fread(buffer.data(), 1, buffer.size(), nm.get())) {
    symbols.append(buffer.data(), n);
  }
  ASSERT_NE(symbols.find(" U "), std::string::npos) << "nm printed nothing about " DOMAIN_LIBRARY;
  expect_none(check_domain_symbols(symbols));
}
#endif

}  // namespace
}  // namespace boxoffice::tests::architecture
