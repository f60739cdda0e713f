// The length of functions, by counting braces. What opens a brace is told from the words before it:
// a namespace, a type and an initializer are not functions; whatever else has a parameter list is.
// A table that a function returns or fills a variable with is data: its lines do not count.

#include <utility>

#include "tests/architecture/text_rules.h"

namespace boxoffice::tests::architecture {
namespace {

constexpr auto npos = std::string_view::npos;

/// `text` without a leading `template <…>`.
std::string_view without_template(std::string_view text) {
  const auto start = find_word(text, "template");
  const auto open = text.find('<', start == npos ? text.size() : start);
  if (open == npos) return text;
  std::size_t depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && --depth == 0) return text.substr(i + 1);
  }
  return text;
}

/// Whether `text`, all that stands between the last `;`, `{` or `}` and a `{`, starts a function.
bool starts_function(std::string_view text) {
  text = without_template(text);
  const auto parameters = text.find('(');
  if (parameters == npos) return false;
  const auto before = text.substr(0, parameters);
  for (const auto word : {"namespace", "class", "struct", "enum", "union"}) {
    if (find_word(before, word) != npos) return false;
  }
  const bool initializer = before.find('=') != npos && find_word(before, "operator") == npos;
  return !initializer;
}

/// Whether the `{` after `text` opens a table: `return {`, `rows = {`.
bool starts_table(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  if (last == npos) return false;
  text = text.substr(0, last + 1);
  return text.ends_with('=') || text == "return" || text.ends_with(" return");
}

/// Reads code brace by brace and finds the outermost functions.
class FunctionScan {
 public:
  explicit FunctionScan(const SourceFile& file) : file_(file) {}

  Findings run() {
    for (line_ = 0; line_ < file_.code.size(); ++line_) {
      if (file_.code[line_].starts_with('#')) continue;
      for (const char c : file_.code[line_]) read(c);
      before_ += ' ';
    }
    return std::move(findings_);
  }

 private:
  enum class Brace { function, initializer, table, other };

  void read(char c) {
    if (c == '{') {
      open();
    } else if (c == '}') {
      close();
    } else if (c == ';') {
      before_.clear();
    } else if (braces_.empty() || braces_.back() != Brace::initializer) {
      before_ += c;
    }
  }

  void open() {
    // `b_{1}`: no space before it, and what it initializes goes on after it.
    const bool initializer = !before_.empty() && before_.back() != ' ' && before_.back() != ')';
    const bool table = in_function_ && !in_table_ && starts_table(before_);
    const bool function = !initializer && !in_function_ && starts_function(before_);
    if (function) {
      in_function_ = true;
      function_line_ = line_;
      table_lines_ = 0;
    }
    if (table) {
      in_table_ = true;
      table_line_ = line_;
    }
    braces_.push_back(initializer ? Brace::initializer
                      : table     ? Brace::table
                      : function  ? Brace::function
                                  : Brace::other);
    if (!initializer) before_.clear();
  }

  void close() {
    if (braces_.empty()) return;
    const auto brace = braces_.back();
    braces_.pop_back();
    if (brace == Brace::initializer) return;
    before_.clear();
    if (brace == Brace::table) {
      in_table_ = false;
      table_lines_ += line_ - table_line_;
    }
    if (brace != Brace::function) return;
    in_function_ = false;
    if (line_ == function_line_) return;
    const auto inside = line_ - function_line_ - 1 - table_lines_;
    if (inside <= function_lines_max) return;
    findings_.push_back({file_.path + ":" + std::to_string(function_line_ + 1),
                         "a function of " + std::to_string(inside) +
                             " lines. Name its steps and move them out: 70 at most."});
  }

  const SourceFile& file_;
  Findings findings_;
  std::string before_;  // code since the last ; { or }
  std::vector<Brace> braces_;
  bool in_function_ = false;
  std::size_t line_ = 0;
  std::size_t function_line_ = 0;
  bool in_table_ = false;
  std::size_t table_line_ = 0;
  std::size_t table_lines_ = 0;  // in the function that is open
};

}  // namespace

Findings check_function_length(const SourceFile& file) { return FunctionScan(file).run(); }

}  // namespace boxoffice::tests::architecture
