#include "tools/config/env_file.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "http/auth/private_file.h"
#include "http/auth/random.h"

namespace boxoffice::tools::config {

namespace {

constexpr std::size_t env_file_bytes_max = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_key(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!ok && c != '_') return false;
  }
  return true;
}

/// What can be wrong with a line; the caller adds its number.
using Mistake = std::string;

/// After a closing quote only blanks and a comment may come; a comment needs a blank before it.
bool only_comment_follows(std::string_view rest) {
  const std::string_view text = trimmed(rest);
  return text.empty() || (text.front() == '#' && rest.front() != '#');
}

std::optional<Mistake> read_single_quoted(std::string_view text, std::string& value) {
  const std::size_t end = text.find('\'', 1);
  if (end == std::string_view::npos) return "the closing ' is missing";
  if (!only_comment_follows(text.substr(end + 1))) return "there is text after the closing '";
  value = text.substr(1, end - 1);
  return std::nullopt;
}

std::optional<Mistake> read_double_quoted(std::string_view text, std::string& value) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (!only_comment_follows(text.substr(i + 1))) return "there is text after the closing \"";
      return std::nullopt;
    }
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    // The pairs of an escape and what it stands for.
    constexpr std::string_view escapes = "\\\"nrt";
    constexpr std::string_view meanings = "\\\"\n\r\t";
    const std::size_t which =
        i + 1 < text.size() ? escapes.find(text[i + 1]) : std::string_view::npos;
    if (which == std::string_view::npos) return "in \"…\" a \\ comes before \\, \", n, r or t only";
    value += meanings[which];
    ++i;
  }
  return "the closing \" is missing";
}

std::string_view bare_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_comment =
        text[i] == '#' && (i == 0 || blanks.find(text[i - 1]) != std::string_view::npos);
    if (starts_comment) return trimmed(text.substr(0, i));
  }
  return trimmed(text);
}

/// One line that is neither blank nor a comment.
std::optional<Mistake> read_line(std::string_view line, std::string& key, std::string& value) {
  if (line.find('\0') != std::string_view::npos) return "there is a zero byte in it";
  constexpr std::string_view export_word = "export";
  if (line.starts_with(export_word) && line.size() > export_word.size() &&
      blanks.find(line[export_word.size()]) != std::string_view::npos) {
    const std::string_view rest = trimmed(line.substr(export_word.size()));
    if (!rest.starts_with('=')) line = rest;
  }
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return "expected KEY=value";
  const std::string_view name = trimmed(line.substr(0, equals));
  if (!is_key(name)) return "the part before = is not a name (letters, digits, _)";
  key = name;
  const std::string_view text = trimmed(line.substr(equals + 1));
  if (text.starts_with('\'')) return read_single_quoted(text, value);
  if (text.starts_with('"')) return read_double_quoted(text, value);
  // Not trimmed: in `KEY= # note` the blank makes the # a comment, in `KEY=#1` there is none.
  value = bare_value(line.substr(equals + 1));
  return std::nullopt;
}

}  // namespace

Result<EnvFile> parse_env_file(std::string_view content, const std::string& name) {
  if (content.starts_with(byte_order_mark)) content.remove_prefix(byte_order_mark.size());
  EnvFile file;
  for (int number = 1; !content.empty(); ++number) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    if (line.empty() || line.starts_with('#')) continue;

    std::string key;
    std::string value;
    if (const auto mistake = read_line(line, key, value)) {
      return fault(FaultKind::invalid, fmt::format("{} line {}: {}", name, number, *mistake));
    }
    file.insert_or_assign(std::move(key), EnvFileValue{std::move(value), number});
  }
  return file;
}

Result<EnvFile> read_env_file(const std::filesystem::path& path) {
  Result<std::string> content = http::auth::read_small_file(path, env_file_bytes_max);
  if (!content) {
    if (content.error().kind == FaultKind::not_found) return EnvFile{};
    return content.error();
  }
  return parse_env_file(content.value(), path.string());
}

Result<bool> ensure_env_file(const std::filesystem::path& path) {
  constexpr std::size_t secret_bytes = 32;  // as long as the output of HMAC-SHA256
  const std::string content = fmt::format(
      "# Settings of Box Office; `.env.example` lists all of them.\n"
      "# Whoever knows this key can sign access tokens. Keep it out of version control.\n"
      "SECRET_KEY={}\n",
      http::auth::random_hex(secret_bytes));
  return http::auth::create_private_file(path, content);
}

}  // namespace boxoffice::tools::config
