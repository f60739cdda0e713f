// Where the decoder stands in the request, and the way to report what is wrong there.
//
// Places are made on the stack as the decoder descends, each pointing to its parent; the location
// is only spelled out when there is an issue.
#pragma once

#include "http/json/issue.h"
#include "http/json/parse.h"
#include "http/json/value.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace boxoffice::http::json {

class Place {
 public:
  /// `source`: "body", "query" or "path".
  Place(Issues& issues, std::string_view source) : issues_(issues), name_(source) {}

  Place member(std::string_view name) const { return Place(*this, name, -1); }
  Place item(std::size_t index) const { return Place(*this, {}, static_cast<std::int64_t>(index)); }

  /// Reports `input`, which stands here. `ctx`: a JSON object, or empty.
  void add(std::string_view type, std::string_view msg, const Value& input,
           std::string ctx = {}) const;
  /// Reports that nothing stands here. `owner`: the object that should have it, if there is one.
  void missing(const Value* owner) const;
  /// Reports that the source is not JSON.
  void invalid_json(const ParseError& error) const;

 private:
  Place(const Place& parent, std::string_view name, std::int64_t index)
      : issues_(parent.issues_), parent_(&parent), name_(name), index_(index) {}

  std::vector<Step> loc() const;

  Issues& issues_;
  const Place* parent_ = nullptr;
  std::string_view name_;
  std::int64_t index_ = -1;  ///< in a list; -1: a name
};

}  // namespace boxoffice::http::json
