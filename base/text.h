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

}  // namespace boxoffice
