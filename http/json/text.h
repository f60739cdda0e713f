// Small questions about text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace boxoffice::http::json {

/// Without the ASCII white space at both ends.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\n\r\f\v";
  const std::size_t start = std::min(text.find_first_not_of(space), text.size());
  text.remove_prefix(start);
  return text.substr(0, text.find_last_not_of(space) + 1);
}

/// Whether the byte begins a character of UTF-8.
inline bool begins_character(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }

/// The number of characters (code points). REQUIRES: UTF-8.
inline std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

}  // namespace boxoffice::http::json
