#include "http/server/field_lines.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "http/server/guard.h"

namespace boxoffice::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view colon = ": ";
constexpr std::size_t usual_bytes = 256;  // what the answers of this program have

bool is_servers(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours = {"Content-Length", "Transfer-Encoding",
                                                    "Connection", "Date", "Server"};
  return std::any_of(ours.begin(), ours.end(),
                     [name](std::string_view own) { return equal_without_case(name, own); });
}

/// A field within the lines: from its line's end to its last byte.
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
  std::string_view value;
};

std::optional<Line> line_at(std::string_view lines, std::size_t begin) {
  if (begin >= lines.size()) return std::nullopt;
  const std::size_t name = begin + line_end.size();
  const std::size_t end = std::min(lines.find('\r', name), lines.size());
  const std::string_view field = lines.substr(name, end - name);
  const std::size_t value = field.find(':');
  return Line{.begin = begin,
              .end = end,
              .name = field.substr(0, value),
              .value = field.substr(value + colon.size())};
}

std::optional<Line> find_line(std::string_view lines, std::string_view name) {
  auto line = line_at(lines, 0);
  while (line && !equal_without_case(line->name, name)) line = line_at(lines, line->end);
  return line;
}

}  // namespace

bool is_field_value(std::string_view value) {
  return value.find('\r') == value.npos && value.find('\n') == value.npos &&
         value.find('\0') == value.npos;
}

void FieldLines::add(std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) {
    is_sound_ = false;
    return;
  }
  if (is_servers(name)) return;
  if (lines_.empty()) lines_.reserve(usual_bytes);
  lines_ += line_end;
  lines_ += name;
  lines_ += colon;
  lines_ += value;
}

void FieldLines::remove(std::string_view name) {
  while (const auto line = find_line(lines_, name)) {
    lines_.erase(line->begin, line->end - line->begin);
  }
}

std::optional<std::string_view> FieldLines::find(std::string_view name) const {
  const auto line = find_line(lines_, name);
  if (!line) return std::nullopt;
  return line->value;
}

}  // namespace boxoffice::http
