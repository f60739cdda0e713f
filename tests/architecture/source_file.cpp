#include "tests/architecture/source_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace boxoffice::tests::architecture {
namespace {

constexpr std::array<std::string_view, 8> source_folders = {
    "base", "events", "engine", "projections", "http", "tools", "tests", "benchmarks"};

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// Overwrites text[from, to) with spaces; line ends stay.
void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

/// Offset just past the literal that opens with `quote` at `open`.
std::size_t end_of_literal(std::string_view text, std::size_t open, char quote) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

/// Offset just past the raw string whose opening quote is at `open`: R"mark( … )mark".
std::size_t end_of_raw_string(std::string_view text, std::size_t open) {
  const auto paren = text.find('(', open);
  if (paren == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(open + 1, paren - open - 1)) + "\"";
  const auto end = text.find(close, paren);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

/// An apostrophe between digits (1'000) separates them; anywhere else it opens a character.
bool is_digit_separator(std::string_view text, std::size_t i) {
  return i > 0 && i + 1 < text.size() &&
         std::isxdigit(static_cast<unsigned char>(text[i - 1])) != 0 &&
         std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0;
}

/// Offset just past the comment or literal that starts at `i`; `i` itself when none does.
std::size_t end_of_non_code(std::string_view text, std::size_t i) {
  const auto rest = text.substr(i);
  if (rest.starts_with("//")) return std::min(text.find('\n', i), text.size());
  if (rest.starts_with("/*")) {
    const auto end = text.find("*/", i + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (rest.front() == '"') {
    const bool raw = i > 0 && text[i - 1] == 'R';
    return raw ? end_of_raw_string(text, i) : end_of_literal(text, i, '"');
  }
  if (rest.front() == '\'' && !is_digit_separator(text, i)) return end_of_literal(text, i, '\'');
  return i;
}

std::string without_comments_and_literals(std::string_view text) {
  std::string code(text);
  for (std::size_t i = 0; i < text.size();) {
    const auto end = end_of_non_code(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    const bool literal = text[i] != '/';
    blank(code, literal ? i + 1 : i, literal ? end - 1 : end);
    i = end;
  }
  return code;
}

/// The include on this line, if there is one. `code` tells a real one from one in a comment.
void add_include(const std::string& line, const std::string& code, std::size_t number,
                 std::vector<Include>& includes) {
  if (!code.starts_with("#include")) return;
  const auto open = line.find_first_of("\"<");
  if (open == std::string::npos) return;
  const bool quoted = line[open] == '"';
  const auto close = line.find(quoted ? '"' : '>', open + 1);
  if (close == std::string::npos) return;
  includes.push_back({number, line.substr(open + 1, close - open - 1), quoted});
}

}  // namespace

std::string_view SourceFile::folder() const {
  const auto slash = path.rfind('/');
  return std::string_view(path).substr(0, slash == std::string::npos ? 0 : slash);
}

std::string to_string(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += "\n  " + finding.where + ": " + finding.what;
  return text;
}

SourceFile parse_source(std::string path, std::string_view text) {
  SourceFile file;
  file.path = std::move(path);
  file.lines = split_lines(text);
  file.code = split_lines(without_comments_and_literals(text));
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    add_include(file.lines[i], file.code[i], i + 1, file.includes);
  }
  return file;
}

std::vector<SourceFile> read_source_tree(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  for (const auto folder : source_folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      if (!in) throw std::runtime_error("cannot read " + entry.path().string());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      files.push_back(parse_source(fs::relative(entry.path(), root).generic_string(), text));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::size_t find_word(std::string_view code, std::string_view word, std::size_t from) {
  for (auto at = code.find(word, from); at != std::string_view::npos;
       at = code.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool starts = at == 0 || !is_word_char(code[at - 1]) || !is_word_char(word.front());
    const bool ends = end == code.size() || !is_word_char(code[end]) || !is_word_char(word.back());
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

}  // namespace boxoffice::tests::architecture
