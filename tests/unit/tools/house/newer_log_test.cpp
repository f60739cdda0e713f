// A log that a newer version has written: this one names what it does not know, and leaves every
// file as it was.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/domain/evolve.h"
#include "engine/log/frame.h"
#include "engine/log/rocksdb_database.h"
#include "engine/log/sha256.h"
#include "events/codec.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/events/schema_json.h"
#include "tools/audit/source.h"
#include "tools/audit/verify.h"
#include "tools/house.h"
#include "tools/snapshot.h"

namespace boxoffice::tools {
namespace {

namespace fs = std::filesystem;
using engine::log::Head;

// What a newer version writes: a schema that has more, an event that uses it, a header.
struct Newer {
  std::string name;
  std::string schema_from{};  ///< in this build's schema, replaced by
  std::string schema_to{};
  std::string event;
  std::uint16_t format = engine::log::frame_format;
  std::uint32_t logic = engine::domain::logic_version;
  std::string said{};  ///< of it, after "position N: "
};

const std::string movie_deleted = R"("body_type":"MovieDeleted","body":{"movie_id":1})";

const std::vector<Newer> all_that_is_newer{
    {.name = "event_type",
     .schema_from = "UserErased\n",
     .schema_to = "UserErased, MovieFilmed: MovieDeleted\n",
     .event = R"("body_type":"MovieFilmed","body":{"movie_id":1})",
     .said = "event type 28 (this version knows 1 to 27)"},
    {.name = "version_of_a_type",
     .event = R"("type_version":2,)" + movie_deleted,
     .said = "version 2 of event type 3 (this version knows up to 1)"},
    {.name = "field",
     .schema_from = "table MovieDeleted {\n  movie_id: uint;",
     .schema_to = "table MovieDeleted {\n  movie_id: uint;\n  why: string;",
     .event = R"("body_type":"MovieDeleted","body":{"movie_id":1,"why":"rain"})",
     .said = "MovieDeleted with 2 fields (this version knows 1)"},
    {.name = "enum_value",
     .schema_from = "gateway, system }",
     .schema_to = "gateway, system, robot }",
     .event = R"("actor_kind":"robot",)" + movie_deleted,
     .said = "Event.actor_kind 5 (this version does not know it)"},
    {.name = "format",
     .event = movie_deleted,
     .format = engine::log::frame_format + 1,
     .said = "format 2 (this version knows up to 1)"},
    {.name = "logic",
     .event = movie_deleted,
     .logic = engine::domain::logic_version + 1,
     .said = "logic 2 (this version has 1)"},
};

std::ostream& operator<<(std::ostream& out, const Newer& newer) { return out << newer.name; }

// The frame after `head` as the newer version writes it.
std::vector<std::uint8_t> frame_of(const Newer& newer, const Head& head) {
  const std::string schema = newer.schema_from.empty()
                                 ? std::string(events::schema_text())
                                 : events::schema_with(newer.schema_from, newer.schema_to);
  const Position first = head.last.next();
  constexpr std::int64_t year_2100_us = 4'102'444'800'000'000;
  const auto body = events::frame_from_json(
      schema, R"({"first":)" + std::to_string(first.value) + R"(,"time":)" +
                  std::to_string(year_2100_us) + R"(,"events":[{)" + newer.event + "}]}");
  std::vector<std::uint8_t> bytes;
  engine::log::encode_frame(
      {.first = first, .count = 1, .time = Instant{year_2100_us}, .body = body}, head, newer.logic,
      bytes);
  constexpr std::size_t format_offset = 4;
  std::memcpy(bytes.data() + format_offset, &newer.format, sizeof newer.format);
  const auto sealed = std::span(bytes).first(bytes.size() - engine::log::frame_hash_bytes);
  const Sha256 hash = engine::log::sha256(sealed);
  std::copy(hash.bytes.begin(), hash.bytes.end(), bytes.end() - engine::log::frame_hash_bytes);
  return bytes;
}

class LogInHouse : public testing::Test {
 protected:
  // A house with some events, some of them in tables, and a snapshot; made once, copied often.
  static void SetUpTestSuite() {
    original = std::make_unique<tests::TempDir>();
    for (const char* title : {"Metropolis", "M"}) {
      const auto house = House::open(config_of(original->path() / "data"));
      ASSERT_TRUE(house) << house.error().text;
      ASSERT_TRUE(
          house.value()->call(engine::domain::CreateMovie{{.title = title,
                                                           .description = std::nullopt,
                                                           .duration_min = 90,
                                                           .genre = "Drama",
                                                           .rating = "PG",
                                                           .poster_url = std::nullopt,
                                                           .release_date = {1931, 5, 11}}}));
    }
    ASSERT_TRUE(snapshot_create(config_of(original->path() / "data")));
  }
  static void TearDownTestSuite() { original.reset(); }
  void SetUp() override {
    fs::copy(original->path() / "data", data(), fs::copy_options::recursive);
  }

  static config::Config config_of(const fs::path& data) {
    const std::map<std::string, std::string> given{{"database-url", "rocksdb:" + data.string()},
                                                   {"ballast-mib", "1"}};
    return config::load_config(
               given, [](const std::string&) { return std::nullopt; }, data / "no.env")
        .value();
  }
  Result<std::unique_ptr<House>> open() const { return House::open(config_of(data())); }

  // Appends frames behind this version's back. Returns the position of the first.
  Position forge(const std::vector<Newer>& frames, bool into_a_table = false) {
    const engine::log::RocksdbLogOptions options{.directory = data() / "log"};
    engine::log::LogOpening found;
    const auto look = [](auto, const Head&) -> Result<void> { return success(); };
    const auto opened = engine::log::open_to_write(options, Head{}, look, found);
    EXPECT_TRUE(opened);
    const auto& log = *opened.value();
    Head head = engine::log::find_head(log, options.directory).value();
    const Position first = head.last.next();
    for (const Newer& newer : frames) {
      const auto key = to_big_endian(head.last.next().value);
      const auto bytes = frame_of(newer, head);
      EXPECT_TRUE(log.db
                      ->Put({}, log.frames(), {key.data(), key.size()},
                            {reinterpret_cast<const char*>(bytes.data()), bytes.size()})
                      .ok());
      head.last = head.last.next();
      std::copy(bytes.end() - engine::log::frame_hash_bytes, bytes.end(), head.chain.bytes.begin());
    }
    if (into_a_table) {
      EXPECT_TRUE(log.db->Flush({}, log.frames()).ok());
    }
    return first;
  }

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      std::ifstream in(entry.path(), std::ios::binary);
      out[entry.path().string()] =
          entry.is_directory() ? "directory" : std::string(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }

  void is_refused_at(Position position, const std::string& said) {
    const auto before = files();
    const auto opened = open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, FaultKind::newer_format);
    EXPECT_EQ(opened.error().text, "position " + std::to_string(position.value) + ": " + said +
                                       ": a newer version of Box Office wrote this log; use that "
                                       "version or a later one");
    const auto after = files();
    for (const auto& [path, content] : before) {
      ASSERT_TRUE(after.contains(path)) << path << " was removed";
      EXPECT_TRUE(after.at(path) == content) << path << " was changed";
    }
    for (const auto& [path, content] : after) EXPECT_TRUE(before.contains(path)) << path;
  }

  static inline std::unique_ptr<tests::TempDir> original;

  fs::path data() const { return directory_.path() / "data"; }

 private:
  tests::TempDir directory_;
};

class NewerLog : public LogInHouse, public testing::WithParamInterface<Newer> {};

INSTANTIATE_TEST_SUITE_P(All, NewerLog, testing::ValuesIn(all_that_is_newer),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(NewerLog, is_refused_and_no_file_is_touched) {
  is_refused_at(forge({GetParam()}), GetParam().said);
}

TEST_P(NewerLog, is_refused_when_it_went_on_for_some_frames) {
  is_refused_at(forge({GetParam(), GetParam(), GetParam()}), GetParam().said);
}

TEST_P(NewerLog, is_refused_when_it_is_in_a_table) {
  is_refused_at(forge({GetParam()}, true), GetParam().said);
}

// No version does that, for the older one would have been refused; a forger might.
TEST_P(NewerLog, is_refused_when_frames_of_this_version_follow) {
  is_refused_at(forge({GetParam(), Newer{.name = "ours", .event = movie_deleted}}),
                GetParam().said);
}

TEST_P(NewerLog, is_told_by_the_auditors_tools) {
  const Position newer = forge({GetParam()});
  const auto log = audit::open_log(data());
  Fault told;
  if (log) {
    audit::VerifyReport report;
    std::ostringstream silence;
    const auto verified = audit::verify_log(*log.value(), report, {silence, false});
    ASSERT_FALSE(verified);
    told = verified.error();
    EXPECT_EQ(report.bad_position, newer);
  } else {
    told = log.error();
  }
  EXPECT_EQ(told.kind, FaultKind::newer_format);
  EXPECT_EQ(told.text.find("position " + std::to_string(newer.value) + ": " + GetParam().said), 0u)
      << told.text;
}

// So the comparison above can tell.
TEST_F(LogInHouse, has_files_touched_by_a_start_that_succeeds) {
  const auto before = files();
  ASSERT_TRUE(open());
  EXPECT_NE(files(), before);
}

}  // namespace
}  // namespace boxoffice::tools
