// Each rule about a file's text bites: a small sample of what it forbids, and what is fine.

#include "tests/architecture/text_rules.h"

#include <gtest/gtest.h>

#include "tests/architecture/documents.h"
#include "tests/architecture/domain_symbols.h"

namespace boxoffice::tests::architecture {
namespace {

std::string lines(std::size_t count, std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::string(line) + "\n";
  return text;
}

std::string function_of(std::size_t count) {
  return "int f() {\n" + lines(count, "  g();") + "}\n";
}

std::size_t domain_words(std::string_view text) {
  return check_domain_words(parse_source("engine/domain/a.cpp", text)).size();
}

std::size_t domain_iterations(std::string_view header, std::string_view source) {
  return check_domain_iteration({parse_source("engine/domain/a.h", header),
                                 parse_source("engine/domain/a.cpp", source)})
      .size();
}

TEST(SourceFile, comments_and_literals_are_not_code) {
  const auto file = parse_source("a.cpp",
                                 "int a; // float\n"
                                 "auto s = \"float \\\" {\"; /* double\n"
                                 "float */ int b = 1'000; char c = '{';\n"
                                 "auto r = R\"x(float \" )x\"; int d;\n");
  ASSERT_EQ(file.code.size(), 4U);
  for (const auto& line : file.code) {
    EXPECT_EQ(line.find("float"), std::string::npos) << line;
    EXPECT_EQ(line.find('{'), std::string::npos) << line;
  }
  EXPECT_NE(file.code[2].find("int b = 1'000; char c"), std::string::npos);
  EXPECT_NE(file.code[3].find("int d;"), std::string::npos);
}

TEST(SourceFile, a_word_is_found_whole) {
  EXPECT_EQ(find_word("operand rand", "rand"), 8U);
  EXPECT_EQ(find_word("random", "rand"), std::string_view::npos);
  EXPECT_EQ(find_word("Clock::now()", "::now("), 5U);
}

TEST(PragmaOnce, is_asked_of_headers_only) {
  EXPECT_TRUE(check_pragma_once(parse_source("a.h", "// Why.\n#pragma once\n")).empty());
  EXPECT_EQ(check_pragma_once(parse_source("a.h", "// #pragma once\n")).size(), 1U);
  EXPECT_TRUE(check_pragma_once(parse_source("a.cpp", "")).empty());
}

TEST(Lines, up_to_100_characters_are_fine) {
  EXPECT_TRUE(check_lines(parse_source("a.cpp", lines(1, std::string(100, 'x')))).empty());
  EXPECT_EQ(check_lines(parse_source("a.cpp", lines(1, std::string(101, 'x')))).size(), 1U);
}

TEST(Lines, are_counted_in_characters_not_bytes) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "é";
  EXPECT_TRUE(check_lines(parse_source("a.cpp", text)).empty());
}

TEST(Lines, of_a_table_laid_out_by_hand_may_be_wider) {
  const auto wide = lines(1, std::string(101, 'x'));
  const auto table = "// clang-format off\n" + wide + "// clang-format on\n";
  EXPECT_TRUE(check_lines(parse_source("a.cpp", table)).empty());
  EXPECT_EQ(check_lines(parse_source("a.cpp", table + wide)).size(), 1U);
}

TEST(Lines, tabs_and_trailing_space_are_found) {
  EXPECT_EQ(check_lines(parse_source("a.cpp", "\tint a;\nint b; \nint c;\r\n")).size(), 3U);
}

TEST(FileLength, past_500_lines_needs_a_reason) {
  EXPECT_TRUE(check_file_length(parse_source("a.cpp", lines(500, "x"))).empty());
  EXPECT_EQ(check_file_length(parse_source("a.cpp", lines(501, "x"))).size(), 1U);
  EXPECT_TRUE(check_file_length(parse_source("a.cpp", "// Longer than 500 lines because tables.\n" +
                                                          lines(501, "x")))
                  .empty());
}

TEST(FunctionLength, is_70_lines_at_most) {
  EXPECT_TRUE(check_function_length(parse_source("a.cpp", function_of(70))).empty());
  EXPECT_EQ(check_function_length(parse_source("a.cpp", function_of(71))).size(), 1U);
}

TEST(FunctionLength, counts_members_templates_constructors_and_operators) {
  const auto body = " {\n" + lines(71, "  g();") + "}\n";
  for (const std::string_view head :
       {"template <class T> T C<T>::f(std::vector<T> x) const", "C::C(int a) : a_(a), b_{1}",
        "bool operator==(A a, B b)", "TEST(Suite, is_a_sentence)"}) {
    const auto file = parse_source("a.cpp", std::string(head) + body);
    EXPECT_EQ(check_function_length(file).size(), 1U) << head;
  }
}

TEST(FunctionLength, does_not_count_types_namespaces_and_tables) {
  for (const std::string_view head :
       {"namespace a::b", "class [[nodiscard]] C final", "template <class T> struct S<T(int)>",
        "const std::vector<int> table =", "const auto table = make_table("}) {
    const auto text = std::string(head) + " {\n" + lines(90, "  int a;") + "};\n";
    EXPECT_TRUE(check_function_length(parse_source("a.cpp", text)).empty()) << head;
  }
}

TEST(FunctionLength, does_not_count_a_table_inside_a_function) {
  const auto rows = lines(90, "    {1, {2, 3}},");
  for (const auto& table : {"  return {\n" + rows + "  };\n",
                            "  const std::vector<Row> rows = {\n" + rows + "  };\n"}) {
    const auto small = parse_source("a.cpp", "std::vector<Row> f() {\n" + table + "}\n");
    EXPECT_TRUE(check_function_length(small).empty());
    const auto large =
        parse_source("a.cpp", "std::vector<Row> f() {\n" + lines(70, "  g();") + table + "}\n");
    EXPECT_EQ(check_function_length(large).size(), 1U);
  }
}

TEST(FunctionLength, inside_a_class_is_counted_by_itself) {
  const auto text = "class C {\n" + lines(60, "  int a;") + function_of(71) + "};\n";
  const auto findings = check_function_length(parse_source("a.h", text));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].where, "a.h:62");
}

TEST(Todo, is_found_in_comments_too) {
  EXPECT_EQ(check_no_todo(parse_source("a.cpp",
                                       "// TO"
                                       "DO: later\n"))
                .size(),
            1U);
  EXPECT_EQ(check_no_todo(parse_source("a.cpp",
                                       "int a;  // FIX"
                                       "ME\n"))
                .size(),
            1U);
  EXPECT_TRUE(check_no_todo(parse_source("a.cpp", "// mastodons\n")).empty());
}

TEST(Macros, are_three) {
  EXPECT_TRUE(check_macros(parse_source("a.h", "#define ENSURE(a, b) f(a, b)\n")).empty());
  EXPECT_EQ(check_macros(parse_source("a.h", "#define SQUARE(a) a*a\n")).size(), 1U);
  EXPECT_EQ(check_macros(parse_source("a.h", "#define LIMIT 5\n")).size(), 1U);
}

TEST(CatchSites, are_where_the_table_says) {
  const auto* text = "try { f(); } catch (...) { }\n";
  EXPECT_EQ(check_catch_sites(parse_source("engine/engine.cpp", text)).size(), 1U);
  EXPECT_TRUE(check_catch_sites(parse_source("tools/main.cpp", text)).empty());
  EXPECT_EQ(check_catch_sites(parse_source("tools/main.cpp", lines(3, text))).size(), 1U);
  EXPECT_TRUE(check_catch_sites(parse_source("tests/a_test.cpp", text)).empty());
  const auto* two_clauses = "try { f(); } catch (const A& a) { } catch (...) { }\n";
  EXPECT_TRUE(check_catch_sites(parse_source("tools/main.cpp", two_clauses)).empty());
}

TEST(DomainWords, each_impurity_is_found) {
  for (const std::string_view text :
       {"#include <random>\n", "auto t = std::chrono::steady_clock();\n", "#include <mutex>\n",
        "#include <iostream>\n", "#include <fstream>\n", "#include <cmath>\n", "float a;\n",
        "double a;\n", "auto a = 1.5;\n", "int a = rand();\n", "auto t = T::now();\n",
        "getenv(a);\n", "thread_local int a;\n"}) {
    EXPECT_EQ(domain_words(text), 1U) << text;
  }
}

TEST(DomainWords, what_sounds_alike_is_fine) {
  EXPECT_EQ(domain_words("// double booking\nint operand = context.now.us; auto r = a[1];\n"), 0U);
  EXPECT_TRUE(
      check_domain_words(parse_source("http/auth/random.cpp", "#include <random>\n")).empty());
}

TEST(DomainIteration, over_a_hash_container_is_found) {
  const auto* member = "std::unordered_map<Key, std::vector<int>> keys_;\n";
  EXPECT_EQ(domain_iterations(member, "for (auto& [k, v] : state.keys_) f(k);\n"), 1U);
  EXPECT_EQ(domain_iterations(member, "auto it = keys_.begin();\n"), 1U);
  EXPECT_EQ(domain_iterations(member, "auto it = keys_.find(k); if (it != keys_.end()) f();\n"),
            0U);
  EXPECT_EQ(domain_iterations("std::map<Key, int> keys_;\n", "for (auto& k : keys_) f(k);\n"), 0U);
}

TEST(Documents, a_test_that_does_not_exist_is_found) {
  const std::vector files = {
      parse_source("tests/a_test.cpp", "TEST_F(Lock,\n       is_held) {}\n")};
  const auto missing = [&](std::string_view text) {
    return check_named_tests("a.md", text, files, SOURCE_ROOT).size();
  };
  EXPECT_EQ(missing("| `Lock.is_held`, `tests/architecture` |"), 0U);
  EXPECT_EQ(missing("| `Lock.is_held_for_ever` |"), 1U);
  EXPECT_EQ(missing("| `tests/no_such_test.py` |"), 1U);
}

TEST(DomainSymbols, of_the_outside_world_are_found) {
  for (const std::string_view symbol :
       {"clock_gettime", "rand", "fopen", "pthread_create", "std::chrono::_V2::system_clock::now()",
        "std::random_device::_M_getval()", "std::cout"}) {
    EXPECT_EQ(check_domain_symbols("                 U " + std::string(symbol) + "\n").size(), 1U)
        << symbol;
  }
}

TEST(DomainSymbols, of_memory_and_containers_are_fine) {
  EXPECT_TRUE(check_domain_symbols("\ndecide.cpp.o:\n"
                                   "                 U operator new(unsigned long)\n"
                                   "                 U memcpy\n"
                                   "                 U boxoffice::to_string(boxoffice::Date)\n"
                                   "                 w pthread_create\n")
                  .empty());
}

}  // namespace
}  // namespace boxoffice::tests::architecture
