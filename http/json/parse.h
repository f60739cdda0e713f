// JSON text to values. Strict: RFC 8259 and nothing else, repeated member names, lone surrogates
// and invalid UTF-8 refused.
//
// The parsing is simdjson's (its DOM: the On-Demand front end accepts broken documents); when it
// refuses a text, a slow scanner finds where and why, in the words of Python's json module.
//
// Limits: `depth_max` levels; integers from -2^63 to 2^64-1; numbers up to the largest double.
#pragma once

#include "http/json/value.h"

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::http::json {

inline constexpr std::size_t depth_max = 512;

/// Where (in characters from the start, as Python counts) and why a text is not JSON.
struct ParseError {
  std::size_t offset = 0;
  std::string reason;
};

/// A parsed text; owns its values and their text.
class Document {
 public:
  const Value& root() const { return values_.front(); }

 private:
  friend class Builder;

  std::vector<Value> values_;
  std::unique_ptr<char[]> text_;
};

using Parsed =
    boost::outcome_v2::basic_result<Document, ParseError, boost::outcome_v2::policy::terminate>;

Parsed parse(std::string_view text);

/// Whether `text` is UTF-8 without surrogates.
bool is_utf8(std::string_view text);

}  // namespace boxoffice::http::json
