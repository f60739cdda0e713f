// Keys of rows: they sort as the numbers that they are made of.
#pragma once

#include <string>

#include "base/bytes.h"

namespace boxoffice::projections {

/// `kind` and then each part, big-endian: the rows of one kind sort by their parts as numbers.
template <class... Parts>
std::string row_key(char kind, Parts... parts) {
  std::string key(1, kind);
  const auto append = [&key](auto part) {
    const auto bytes = to_big_endian(part.value);
    key.append(bytes.data(), bytes.size());
  };
  (append(parts), ...);
  return key;
}

}  // namespace boxoffice::projections
