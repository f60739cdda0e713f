// The bare name of a type, for the names of schemas: boxoffice::http::api::Movie -> "Movie".
#pragma once

#include <string_view>

namespace boxoffice::http::openapi {

/// "boxoffice::http::api::Movie"
template <class T>
constexpr std::string_view full_type_name() {
  // "… [with T = boxoffice::Movie; …]" (GCC), "… [T = boxoffice::Movie]" (Clang)
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

/// "Movie". REQUIRES: T is not a template's instance (its name would not be one word).
template <class T>
constexpr std::string_view type_name() {
  const std::string_view full = full_type_name<T>();
  const std::size_t scope = full.rfind(':');
  return scope == std::string_view::npos ? full : full.substr(scope + 1);
}

}  // namespace boxoffice::http::openapi
