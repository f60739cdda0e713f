#include "tests/unit/events/schema_json.h"

#include <gtest/gtest.h>

#include "events/codec.h"

namespace boxoffice::events {

std::unique_ptr<flatbuffers::Parser> parse_schema(std::string_view schema) {
  flatbuffers::IDLOptions options;
  options.output_default_scalars_in_json = true;
  options.strict_json = true;
  auto parser = std::make_unique<flatbuffers::Parser>(options);
  EXPECT_TRUE(parser->Parse(std::string(schema).c_str())) << parser->error_;
  return parser;
}

std::vector<std::uint8_t> frame_from_json(std::string_view schema, const std::string& json) {
  const auto parser = parse_schema(schema);
  EXPECT_TRUE(parser->Parse(json.c_str())) << parser->error_;
  const std::uint8_t* bytes = parser->builder_.GetBufferPointer();
  return {bytes, bytes + parser->builder_.GetSize()};
}

std::string schema_with(std::string_view from, std::string_view to) {
  std::string text(schema_text());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace boxoffice::events
