// The open data directory: what survives, what is refused, and a clock that never goes back.
#include "tools/house.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/temp_dir.h"
#include "tools/config/config.h"

namespace boxoffice::tools {
namespace {

namespace domain = engine::domain;

config::Config config_in(const std::filesystem::path& directory) {
  const std::map<std::string, std::string> given{{"database-url", "rocksdb:" + directory.string()}};
  return config::load_config(
             given, [](const std::string&) { return std::nullopt; }, directory / "no.env")
      .value();
}

domain::CreateMovie movie(std::string title) {
  return {.fields = {.title = std::move(title),
                     .description = std::nullopt,
                     .duration_min = 90,
                     .genre = "Drama",
                     .rating = "PG",
                     .poster_url = std::nullopt,
                     .release_date = {}}};
}

std::size_t movies_in(const House& house) {
  return house.models().movies({}, {}, house.models().position()).size();
}

class HouseTest : public testing::Test {
 protected:
  std::unique_ptr<House> open() { return House::open(config_in(directory.path())).value(); }

  tests::TempDir directory;
};

TEST_F(HouseTest, keeps_what_was_answered) {
  ASSERT_TRUE(open()->call(movie("Metropolis")).has_value());
  const auto reopened = open();
  EXPECT_EQ(movies_in(*reopened), 1U);
  EXPECT_EQ(reopened->engine().recovery().folded, 0U) << "the read models were written at the stop";
}

TEST_F(HouseTest, makes_the_read_models_again_when_they_are_deleted) {
  ASSERT_TRUE(open()->call(movie("Metropolis")).has_value());
  std::filesystem::remove_all(directory.path() / "read");
  const auto reopened = open();
  EXPECT_EQ(movies_in(*reopened), 1U);
  EXPECT_EQ(reopened->engine().recovery().folded, 1U);
}

TEST_F(HouseTest, refuses_read_models_of_another_log) {
  ASSERT_TRUE(open()->call(movie("Metropolis")).has_value());
  std::filesystem::remove_all(directory.path() / "log");
  std::filesystem::remove_all(directory.path() / "head");
  const auto opened = House::open(config_in(directory.path()));
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, FaultKind::corrupt);
  EXPECT_NE(opened.error().text.find("read/"), std::string::npos) << opened.error().text;
}

TEST_F(HouseTest, refuses_a_log_that_lost_its_end) {
  ASSERT_TRUE(open()->call(movie("Metropolis")).has_value());
  std::filesystem::remove_all(directory.path() / "log");
  const auto opened = House::open(config_in(directory.path()));
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, FaultKind::corrupt);
  EXPECT_NE(opened.error().text.find("head mark"), std::string::npos) << opened.error().text;
}

TEST_F(HouseTest, is_open_once) {
  const auto first = open();
  const auto second = House::open(config_in(directory.path()));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, FaultKind::locked) << second.error().text;
}

TEST_F(HouseTest, answers_a_refusal_like_any_other_outcome) {
  const auto house = open();
  const auto reply = house->call(domain::DeleteMovie{MovieId(9)});
  ASSERT_TRUE(reply.has_value());
  const auto& refused = std::get<events::CommandRefused>(reply.value().events().front().body);
  EXPECT_EQ(refused.reason, events::Refusal::movie_not_found);
}

TEST(MonotoneClock, goes_on_from_the_logs_last_time_when_the_machines_is_behind_it) {
  MonotoneClock clock;
  const Instant before = clock.now();
  const Instant ahead = before + std::chrono::hours(1);
  clock.start_at(ahead);
  const Instant first = clock.now();
  EXPECT_GE(first, ahead);
  EXPECT_LT(first, ahead + std::chrono::hours(1));
  while (clock.now() == first) {
  }
  EXPECT_GT(clock.now(), first) << "it goes on, at its own pace";
}

TEST(MonotoneClock, is_the_machines_when_the_log_is_older) {
  MonotoneClock clock;
  const Instant before = clock.now();
  clock.start_at(before - std::chrono::hours(1));
  EXPECT_GE(clock.now(), before);
  EXPECT_LT(clock.now(), before + std::chrono::hours(1));
}

}  // namespace
}  // namespace boxoffice::tools
