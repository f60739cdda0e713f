// Today's schema against that of every format that was released (events/released): what was written
// by them is read as it was meant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "events/codec.h"
#include "tests/unit/events/schema_changes.h"

namespace boxoffice::events {
namespace {

std::string released(int format) {
  const auto path =
      std::filesystem::path(RELEASED_SCHEMAS) / ("format-" + std::to_string(format) + ".fbs");
  std::ifstream in(path);
  EXPECT_TRUE(in.is_open()) << path << " is missing: cmake --build ... --target record_format";
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ReleasedSchema, of_every_format_is_kept_by_todays) {
  for (int format = 1; format <= log_format; ++format) {
    EXPECT_THAT(schema_changes(released(format), schema_text()).broken, testing::IsEmpty())
        << "what format " << format << " has written would be read differently: see "
        << "events/README.md, \"What may change\"";
  }
}

// Else an older build, which knows the same number, would take up a log that it cannot understand.
TEST(ReleasedSchema, of_todays_format_is_todays) {
  const auto changes = schema_changes(released(log_format), schema_text());
  EXPECT_THAT(changes.broken, testing::IsEmpty());
  EXPECT_THAT(changes.added, testing::IsEmpty())
      << "the schema has grown: if format " << log_format << " was released, raise log_format; "
      << "then record it: cmake --build ... --target record_format";
}

}  // namespace
}  // namespace boxoffice::events
