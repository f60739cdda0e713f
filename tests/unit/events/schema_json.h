// FlatBuffers' own reading of the schema, independent of the generated code: frames from JSON (also
// of schemas that do not exist yet) and JSON from frames, as stock `flatc` does it.
#pragma once

#include <flatbuffers/idl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxoffice::events {

/// A parser that knows `schema`; the test fails if it is not one.
std::unique_ptr<flatbuffers::Parser> parse_schema(std::string_view schema);

/// The frame that `json` describes under `schema`.
std::vector<std::uint8_t> frame_from_json(std::string_view schema, const std::string& json);

/// The schema of this build with `from` replaced by `to`, which must change something.
std::string schema_with(std::string_view from, std::string_view to);

}  // namespace boxoffice::events
