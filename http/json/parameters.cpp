#include "http/json/parameters.h"

#include "http/json/parse.h"

#include <algorithm>

namespace boxoffice::http::json {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view raw, bool plus_is_space) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '%' && i + 2 < raw.size()) {
      const int high = hex_digit(raw[i + 1]);
      const int low = hex_digit(raw[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_space && raw[i] == '+' ? ' ' : raw[i];
  }
  return out;
}

ParameterText checked(std::string text) {
  if (!is_utf8(text)) return std::nullopt;
  return text;
}

}  // namespace

Parameters::Parameters(std::string_view raw_query) {
  while (!raw_query.empty()) {
    const std::size_t end = std::min(raw_query.find('&'), raw_query.size());
    const std::string_view pair = raw_query.substr(0, end);
    raw_query.remove_prefix(std::min(end + 1, raw_query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    parameters_.push_back(
        {percent_decode(pair.substr(0, equals), true), checked(percent_decode(value, true))});
  }
}

const ParameterText* Parameters::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.rbegin(), parameters_.rend(),
                                  [&](const Parameter& p) { return p.name == name; });
  return found == parameters_.rend() ? nullptr : &found->text;
}

ParameterText decode_segment(std::string_view raw_segment) {
  return checked(percent_decode(raw_segment, false));
}

}  // namespace boxoffice::http::json
