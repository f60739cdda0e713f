// From bytes to described structs: request bodies, query strings and path segments.
//
// Each function adds what is wrong to `issues` and returns the value when it found nothing, so a
// handler decodes all its inputs and then asks once:
//
//   json::Issues issues;
//   const auto movie_id = json::decode_path<MovieId>("movie_id", segment, issues);
//   auto body = json::decode_body<MovieRequest>(request.body, issues);
//   if (!issues.empty()) return validation_failed(issues);
//
// Integers, numbers and booleans are read as laxly as pydantic does ("1", 1.0 and true are the
// integer 1); text is strict. Members that the struct does not have are ignored.
//
// Threads: any; nothing is shared.
#pragma once

#include "base/describe.h"
#include "http/json/issue.h"
#include "http/json/parameters.h"
#include "http/json/parse.h"
#include "http/json/place.h"
#include "http/json/read.h"

#include <optional>
#include <string_view>

namespace boxoffice::http::json {

/// The body as a T; issues at {"body", …}. An empty body, and null, count as missing.
template <Described T>
std::optional<T> decode_body(std::string_view body, Issues& issues) {
  const std::size_t issues_before = issues.size();
  const Place place(issues, "body");
  if (body.empty()) {
    place.missing(nullptr);
    return std::nullopt;
  }
  const Parsed parsed = parse(body);
  if (!parsed) {
    place.invalid_json(parsed.error());
    return std::nullopt;
  }
  const Value& root = parsed.value().root();
  if (root.kind() == Value::Kind::null) {
    place.missing(nullptr);
    return std::nullopt;
  }
  T out{};
  read(root, out, place);
  if (issues.size() != issues_before) return std::nullopt;
  return out;
}

/// The raw query string (no '?') as a T; issues at {"query", name}. The members of T are scalars.
/// Of a repeated parameter the last one counts; parameters that T does not have are ignored.
template <Described T>
std::optional<T> decode_query(std::string_view raw_query, Issues& issues) {
  const std::size_t issues_before = issues.size();
  const Place query(issues, "query");
  const Parameters parameters(raw_query);
  T out{};
  for_each_member(out, [&](std::string_view name, auto& member) {
    const Place place = query.member(name);
    if (const ParameterText* found = parameters.find(name)) {
      read_parameter(*found, member, place);
    } else {
      absent(member, nullptr, place);
    }
  });
  if (issues.size() != issues_before) return std::nullopt;
  return out;
}

/// One raw path segment as a T; issues at {"path", name}.
template <class T>
std::optional<T> decode_path(std::string_view name, std::string_view raw_segment, Issues& issues) {
  const std::size_t issues_before = issues.size();
  const Place path(issues, "path");
  T out{};
  read_parameter(decode_segment(raw_segment), out, path.member(name));
  if (issues.size() != issues_before) return std::nullopt;
  return out;
}

}  // namespace boxoffice::http::json
