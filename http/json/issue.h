// What is wrong with a request, in the words that clients of FastAPI and pydantic 2 know.
//
// Issues are collected, not thrown: a client sees everything that is wrong with its request at
// once, path before query before body, members in the order of their struct.
//
// Limits: `issues_max` issues per request, `input_bytes_max` bytes of echoed input per issue; a
// longer input is echoed as null, so that an answer never outgrows its request by much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace boxoffice::http::json {

inline constexpr std::size_t issues_max = 100;
inline constexpr std::size_t input_bytes_max = 2048;

/// One step of the way to a value: a member name or a list index.
using Step = std::variant<std::string, std::int64_t>;

struct Issue {
  std::string type;       ///< "int_parsing"
  std::vector<Step> loc;  ///< {"body", "seat_ids", 0}
  std::string msg;
  std::string input = "null";  ///< what was sent there, as JSON; passwords are hidden
  std::string ctx{};           ///< a JSON object with the details; empty when there is none
};

using Issues = std::vector<Issue>;

/// The list that the 422 answer has as its `detail`: [{"type":…,"loc":[…],"msg":…,"input":…},…].
std::string to_json(const Issues& issues);

}  // namespace boxoffice::http::json
