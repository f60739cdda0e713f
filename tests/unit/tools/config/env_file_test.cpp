#include "tools/config/env_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"

namespace boxoffice::tools::config {
namespace {

EnvFile parsed(std::string_view content) { return parse_env_file(content, ".env").value(); }

std::string error_of(std::string_view content) {
  const Result<EnvFile> file = parse_env_file(content, ".env");
  return file ? "" : file.error().text;
}

TEST(EnvFile, reads_names_and_values) {
  const EnvFile file = parsed("PORT=8000\n\n# a comment\n  # another\n_a1=x=y\nEMPTY=\n");
  EXPECT_EQ(file, (EnvFile{{"PORT", {"8000", 1}}, {"_a1", {"x=y", 5}}, {"EMPTY", {"", 6}}}));
}

TEST(EnvFile, every_form_of_a_value_is_read) {
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"K=plain text", "plain text"},
      {"  K = spaced out \t", "spaced out"},
      {"export K=1", "1"},
      {"export \t K=1", "1"},
      {"K=a#b", "a#b"},
      {"K=a #b", "a"},
      {"K=#b", ""},
      {"K= #b", ""},
      {"K='a #b'", "a #b"},
      {"K='a\\n\"$X'", "a\\n\"$X"},
      {"K=''", ""},
      {"K=\"\"", ""},
      {"K=\"a #b\" # c", "a #b"},
      {"K='a' # it's", "a"},
      {R"(K="\\ \" \n \r \t $X 'q'")", "\\ \" \n \r \t $X 'q'"},
      {"K=it's", "it's"},
      {"K=a\"b\"", "a\"b\""},
      {"K=a\\nb", "a\\nb"},
      {"K=$HOME ${X}", "$HOME ${X}"},
      {"K=größe", "größe"},
  };
  for (const auto& [line, value] : lines) {
    const EnvFile file = parsed(line);
    ASSERT_EQ(file.size(), 1u) << line;
    EXPECT_EQ(file.at("K").text, value) << line;
  }
  // A variable of the word's own name.
  EXPECT_EQ(parsed("export=K").at("export").text, "K");
  EXPECT_EQ(parsed("export =K").at("export").text, "K");
}

TEST(EnvFile, of_two_equal_names_the_last_one_counts) {
  EXPECT_EQ(parsed("K=1\nL=2\nK=3\n"), (EnvFile{{"K", {"3", 3}}, {"L", {"2", 2}}}));
}

TEST(EnvFile, windows_line_ends_and_byte_order_mark_are_no_part_of_values) {
  EXPECT_EQ(parsed("\xEF\xBB\xBFK=1\r\n\r\nL='2'\r\n#c\r\nM=3 \r\n"),
            (EnvFile{{"K", {"1", 1}}, {"L", {"2", 3}}, {"M", {"3", 5}}}));
}

TEST(EnvFile, an_empty_file_is_empty) {
  EXPECT_TRUE(parsed("").empty());
  EXPECT_TRUE(parsed("\xEF\xBB\xBF").empty());
  EXPECT_TRUE(parsed("\n\n").empty());
}

TEST(EnvFile, garbage_is_an_error_with_its_line_number) {
  EXPECT_EQ(error_of("A=1\nnonsense\n"), ".env line 2: expected KEY=value");
  EXPECT_EQ(error_of("A=1\n\nB"), ".env line 3: expected KEY=value");
  EXPECT_EQ(error_of("export K"), ".env line 1: expected KEY=value");
  EXPECT_EQ(error_of("K='a"), ".env line 1: the closing ' is missing");
  EXPECT_EQ(error_of("K='a' b"), ".env line 1: there is text after the closing '");
  EXPECT_EQ(error_of("K='a'#b"), ".env line 1: there is text after the closing '");
  EXPECT_EQ(error_of("K=\"a"), ".env line 1: the closing \" is missing");
  EXPECT_EQ(error_of("K=\"a\\\""), ".env line 1: the closing \" is missing");
  EXPECT_EQ(error_of("K=\"a\"b"), ".env line 1: there is text after the closing \"");
  EXPECT_EQ(error_of("K=\"\\x\""),
            ".env line 1: in \"…\" a \\ comes before \\, \", n, r or t only");
  EXPECT_EQ(error_of("K=\"\\"), ".env line 1: in \"…\" a \\ comes before \\, \", n, r or t only");
  EXPECT_EQ(error_of(std::string_view("K=a\0b", 5)), ".env line 1: there is a zero byte in it");
  for (const char* line : {"=1", "1K=1", "K-L=1", "K L=1", "K.L=1", "é=1", "exportK L=1"}) {
    EXPECT_EQ(error_of(line), ".env line 1: the part before = is not a name (letters, digits, _)")
        << line;
  }
}

TEST(EnvFile, an_error_does_not_quote_the_line) {
  for (const char* line : {"hunter2", "K='hunter2", "K=\"hunter2\" x", "hunter2 hunter2=1"}) {
    const std::string error = error_of(line);
    EXPECT_NE(error, "");
    EXPECT_EQ(error.find("hunter2"), std::string::npos) << error;
  }
}

TEST(EnvFile, a_missing_file_is_empty_and_a_huge_one_an_error) {
  const tests::TempDir folder;
  EXPECT_TRUE(read_env_file(folder.path() / ".env").value().empty());
  write_file(folder.path() / ".env", "K=1");
  EXPECT_EQ(read_env_file(folder.path() / ".env").value().at("K").text, "1");
  write_file(folder.path() / ".env", std::string(64 * 1024 + 1, '\n'));
  EXPECT_FALSE(read_env_file(folder.path() / ".env"));
}

TEST(EnsureEnvFile, makes_a_private_file_with_a_random_key_once) {
  const tests::TempDir folder;
  EXPECT_TRUE(ensure_env_file(folder.path() / ".env").value());
  const std::string first = read_file(folder.path() / ".env");
  const std::string key = read_env_file(folder.path() / ".env").value().at("SECRET_KEY").text;
  EXPECT_EQ(key.size(), 64u);
  EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(std::filesystem::status(folder.path() / ".env").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

  EXPECT_FALSE(ensure_env_file(folder.path() / ".env").value());
  EXPECT_EQ(read_file(folder.path() / ".env"), first);
  EXPECT_TRUE(ensure_env_file(folder.path() / "other").value());
  EXPECT_NE(read_file(folder.path() / "other"), first);
}

}  // namespace
}  // namespace boxoffice::tools::config
