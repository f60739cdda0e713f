// Query strings and path segments, percent-decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::http::json {

/// What a client sent as text outside the body. Nothing when its bytes are not UTF-8.
using ParameterText = std::optional<std::string>;

/// The parameters of a raw query string: '&' separates, '+' is a space, a malformed '%' stands for
/// itself, a name without '=' has an empty value.
class Parameters {
 public:
  explicit Parameters(std::string_view raw_query);

  /// The last parameter of that name; null when there is none.
  const ParameterText* find(std::string_view name) const;

 private:
  struct Parameter {
    std::string name;
    ParameterText text;
  };
  std::vector<Parameter> parameters_;
};

/// One raw segment of a path; '+' is itself.
ParameterText decode_segment(std::string_view raw_segment);

}  // namespace boxoffice::http::json
