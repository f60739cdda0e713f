// Finds the first error of a text that the parser refused.
#pragma once

#include "http/json/parse.h"

#include <cstddef>
#include <limits>
#include <string_view>

namespace boxoffice::http::json {

inline constexpr std::size_t no_member = std::numeric_limits<std::size_t>::max();

/// The first error in `text`. `repeated_member`: the number of the member name, counted from 0 in
/// the order of the text, that repeats an earlier one of its object.
/// REQUIRES: there is an error.
ParseError first_error(std::string_view text, std::size_t repeated_member = no_member);

}  // namespace boxoffice::http::json
