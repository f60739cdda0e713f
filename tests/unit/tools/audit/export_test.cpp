// An export: every event once, quoted as the format asks, and a manifest that tells the truth.
#include "tools/audit/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>

#include "base/bytes.h"
#include "engine/log/sha256.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tools/audit/story.h"

namespace boxoffice::tools::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ExportTest : public testing::Test {
 protected:
  ExportTest() {
    story.opens();
    story.happens({locked({SeatId(1)}, "say \"a, b\"\r\n")}, "a,\"b\"");
  }
  Result<Manifest> run(ExportOptions options) {
    options.directory = out;
    return export_log(story.log(), options, silence.talk);
  }

  Story story;
  Silence silence;
  tests::TempDir directory;
  const std::filesystem::path out = directory.path() / "out";
};

TEST_F(ExportTest, says_in_its_manifest_what_is_there) {
  const auto manifest = run({}).value();
  EXPECT_EQ(manifest.events, 6U);
  EXPECT_EQ(manifest.counts.at("UserRegistered"), 2U);
  EXPECT_EQ(manifest.chain->position, Position(6));
  EXPECT_EQ(manifest.chain->hash, to_hex(story.log().head().chain.bytes));
  const std::string lines = content_of(out / "events.jsonl");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 6);
  EXPECT_EQ(manifest.files.front().bytes, lines.size());
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(lines.data()),
                                            lines.size());
  EXPECT_EQ(manifest.files.front().sha256, to_hex(engine::log::sha256(bytes).bytes));
  EXPECT_EQ(content_of(out / "manifest.json"), to_json(manifest) + "\n");
}

TEST_F(ExportTest, keeps_to_its_range) {
  const auto manifest = run({.range = {.from = Position(2), .to = Position(4)}});
  EXPECT_EQ(manifest.value().events, 3U);
  EXPECT_EQ(manifest.value().first, Position(2));
  EXPECT_EQ(manifest.value().chain->position, Position(4));
}

TEST_F(ExportTest, quotes_csv_as_rfc_4180_asks) {
  ASSERT_TRUE(run({.format = ExportFormat::csv}).has_value());
  EXPECT_THAT(content_of(out / "events.csv"),
              HasSubstr("6,SeatsLocked,2024-06-15T12:00:06Z,6,anonymous,,\"a,\"\"b\"\"\","
                        "\"{\"\"show_id\"\":1,\"\"seat_ids\"\":[1],\"\"user_session\"\":"
                        "\"\"say \\\"\"a, b\\\"\"\\u000d\\u000a\"\""));
}

TEST_F(ExportTest, blanks_what_tells_who_somebody_is) {
  ASSERT_TRUE(run({.redact = true}).has_value());
  const std::string lines = content_of(out / "events.jsonl");
  for (const std::string text : {"email", "hash", "First", "Last", "ann"}) {
    const std::string hex =
        to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    EXPECT_THAT(lines, Not(HasSubstr(hex))) << text;
  }
  EXPECT_THAT(lines, Not(HasSubstr("say ")));
  EXPECT_THAT(lines, HasSubstr(R"("first_name":"")"));
  EXPECT_THAT(lines, HasSubstr(R"("title":"Alien")"));
}

TEST_F(ExportTest, never_mixes_with_what_is_there) {
  ASSERT_TRUE(run({}).has_value());
  const auto again = run({});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, FaultKind::invalid);
}

}  // namespace
}  // namespace boxoffice::tools::audit
