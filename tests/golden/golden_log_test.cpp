// Logs of every released format, replayed by today's code: whoever upgrades finds the state that he
// left. The frames go into a real log, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "engine/log/frame.h"
#include "engine/log/log_import.h"
#include "engine/log/rocksdb_log.h"
#include "engine/log/sha256.h"
#include "engine/replay.h"
#include "events/codec.h"
#include "projections/read_models.h"
#include "tests/golden/golden_log.h"
#include "tests/support/temp_dir.h"
#include "tools/audit/source.h"
#include "tools/audit/verify.h"

namespace boxoffice::tests {
namespace {

namespace fs = std::filesystem;

std::string text_in(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path << " is missing: cmake --build ... --target record_format";
  return {std::istreambuf_iterator<char>(in), {}};
}

class GoldenLog : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    const auto frames = read_golden_frames(golden_file(GOLDEN_LOGS, GetParam(), "frames"));
    ASSERT_TRUE(frames) << frames.error().text;
    const auto import = engine::log::LogImport::create(data() / "log", data() / "head");
    ASSERT_TRUE(import) << import.error().text;
    for (const FrameBytes& frame : frames.value()) {
      const auto added = import.value()->add(frame);
      ASSERT_TRUE(added) << added.error().text;
    }
    ASSERT_TRUE(import.value()->finish());
  }

  std::unique_ptr<engine::log::EventLog> log() const {
    return tools::audit::open_log(data()).value();
  }
  fs::path data() const { return directory_.path() / "data"; }

 private:
  TempDir directory_;
};

std::vector<int> formats() {
  std::vector<int> out;
  for (int format = 1; format <= events::log_format; ++format) out.push_back(format);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Format, GoldenLog, testing::ValuesIn(formats()),
                         testing::PrintToStringParamName());

TEST_P(GoldenLog, leads_to_the_state_that_it_led_to) {
  const auto result = golden_result(*log());
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result.value(), text_in(golden_file(GOLDEN_LOGS, GetParam(), "txt")));
}

TEST_P(GoldenLog, is_in_order_for_an_auditor) {
  tools::audit::VerifyReport report;
  std::ostringstream silence;
  const auto verified = tools::audit::verify_log(*log(), report, {silence, false});
  EXPECT_TRUE(verified) << verified.error().text;
}

TEST_P(GoldenLog, is_folded_into_read_models) {
  const auto models = projections::ReadModels::open((data() / "read").string());
  ASSERT_TRUE(models) << models.error().text;
  const auto written = log();
  const auto replayed = engine::replay(
      *written, [&](const events::Frame& frame) { return models.value()->apply(frame); });
  ASSERT_TRUE(replayed) << replayed.error().text;
  EXPECT_EQ(models.value()->position(), written->head().last);
  for (const auto& status : models.value()->status()) {
    EXPECT_EQ(status.stopped, "") << status.name;
  }
}

TEST(GoldenLogs, of_todays_format_have_every_type_of_event) {
  const auto frames = read_golden_frames(golden_file(GOLDEN_LOGS, events::log_format, "frames"));
  ASSERT_TRUE(frames) << frames.error().text;
  std::set<std::size_t> missing;
  for (std::size_t type = 0; type < events::event_type_count; ++type) missing.insert(type);
  Position at(1);
  for (const FrameBytes& bytes : frames.value()) {
    const auto stored = engine::log::decode_frame(at, bytes);
    ASSERT_TRUE(stored) << stored.error().text;
    const auto frame = engine::log::decode_events(stored.value());
    ASSERT_TRUE(frame) << frame.error().text;
    for (const auto& event : frame.value().events) missing.erase(event.body.index());
    at = frame.value().last().next();
  }
  EXPECT_THAT(missing, testing::IsEmpty()) << "types (from 0) that tests/golden/workload.cpp lacks";
}

// What a release has frozen is never recorded again. Until the first one there is no list.
TEST(GoldenLogs, that_were_released_are_what_they_were) {
  std::ifstream list(fs::path(GOLDEN_LOGS) / "frozen.sha256");
  std::string hash;
  std::string path;
  while (list >> hash >> path) {
    const auto today = engine::log::sha256_of_file(fs::path(SOURCE_TREE) / path);
    ASSERT_TRUE(today) << today.error().text;
    EXPECT_EQ(to_hex(today.value().bytes), hash) << path << " was released and must not change";
  }
  EXPECT_TRUE(!list.is_open() || list.eof());
}

}  // namespace
}  // namespace boxoffice::tests
