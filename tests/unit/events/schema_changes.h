// What a schema promises to those who have written by it, and which promises another one breaks.
//
// `flatc --conform` has the same aim and lets much pass: a renamed or removed last field, a slot
// that is used again, `required` put on an old field, a removed enum value or union member, a
// struct that grows, another root (docs/adr/0015-formats-of-the-log.md has the list). Here every
// fact of a schema is a promise, and a released one is kept word for word. Only new facts may come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::events {

struct SchemaChanges {
  std::vector<std::string> broken;  ///< one line each: what was promised, and what it is now
  std::vector<std::string> added;   ///< what is new and breaks nothing
};

/// From `released` to `today`, both as text. The test fails if either is no schema.
SchemaChanges schema_changes(std::string_view released, std::string_view today);

}  // namespace boxoffice::events
