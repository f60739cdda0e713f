// Text that every folder must treat alike.
#pragma once

#include <string>
#include <string_view>

namespace boxoffice {

/// ASCII letters in lower case; other bytes as they are. Locale-free.
inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// As RFC 4180 writes a field: one with a quote, a comma or a line's end is quoted, quotes in it
/// doubled.
inline std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace boxoffice
