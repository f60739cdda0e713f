#include "tools/backup/backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/log/rocksdb_log.h"
#include "tests/support/silence.h"
#include "tests/support/temp_dir.h"
#include "tools/config/config.h"
#include "tools/house.h"

namespace boxoffice::tools::backup {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string path_text(const fs::path& path) { return path.string(); }

// Every frame of the log in `data`, as it is stored.
std::vector<std::vector<std::uint8_t>> frames_in(const fs::path& data) {
  const auto log = engine::log::open_rocksdb_log({.directory = data / "log", .read_only = true});
  EXPECT_TRUE(log) << log.error().text;
  std::vector<std::vector<std::uint8_t>> out;
  const auto cursor = log.value()->read(Position(1));
  while (true) {
    const auto frame = cursor->next();
    EXPECT_TRUE(frame);
    if (!frame.value()) return out;
    out.emplace_back(cursor->bytes().begin(), cursor->bytes().end());
  }
}

class BackupTest : public testing::Test {
 protected:
  // A log of movies, one frame each.
  void add_movies(int count) { add_movies_to(data, count); }
  static void add_movies_to(const fs::path& directory, int count) {
    const std::map<std::string, std::string> given{
        {"database-url", "rocksdb:" + directory.string()}};
    const auto config = config::load_config(
        given, [](const std::string&) { return std::nullopt; }, directory / "no.env");
    ASSERT_TRUE(config);
    const auto house = House::open(config.value());
    ASSERT_TRUE(house) << house.error().text;
    for (int i = 0; i < count; ++i) {
      engine::domain::CreateMovie movie;
      movie.fields.title = "Metropolis";
      movie.fields.duration_min = 90;
      ASSERT_TRUE(house.value()->call(movie));
    }
  }

  Result<Created> save(bool with_keys = false) {
    return create(data, saved, with_keys, Instant{1'700'000'000'000'000}, silence.talk);
  }
  Result<Restored> load(const Until& until = {}) {
    return restore(saved, target, until, silence.talk);
  }

  // Refused, and by the name of the file; nothing is left of it.
  void expect_refused(const fs::path& damaged) {
    const auto verified = verify(saved, {}, silence.talk);
    ASSERT_FALSE(verified) << damaged;
    EXPECT_EQ(verified.error().kind, FaultKind::corrupt) << verified.error().text;
    EXPECT_TRUE(verified.error().text.starts_with(path_text(damaged))) << verified.error().text;
    const auto restored = load();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().kind, FaultKind::corrupt) << restored.error().text;
    EXPECT_FALSE(fs::exists(target));
  }

  tests::Silence silence;
  tests::TempDir dir;
  const fs::path data = dir.path() / "data";
  const fs::path saved = dir.path() / "backup";
  const fs::path target = dir.path() / "restored";
};

TEST_F(BackupTest, is_restored_to_the_same_frames_byte_for_byte) {
  add_movies(5);
  ASSERT_TRUE(save());
  const auto restored = load();
  ASSERT_TRUE(restored) << restored.error().text;
  EXPECT_EQ(frames_in(target), frames_in(data));
  EXPECT_EQ(restored.value().head.last, Position(5));
  EXPECT_FALSE(restored.value().keys);
  EXPECT_FALSE(fs::exists(target / ".restoring"));
}

TEST_F(BackupTest, adds_only_what_is_new) {
  add_movies(3);
  EXPECT_EQ(save().value().frames, 3u);
  const std::string first = content(segment_path(saved, 1));
  EXPECT_EQ(save().value().frames, 0u);
  EXPECT_FALSE(fs::exists(manifest_path(saved, 2)));
  add_movies(2);
  EXPECT_EQ(save().value().frames, 2u);
  EXPECT_EQ(content(segment_path(saved, 1)), first);
  const auto backup = verify(saved, {}, silence.talk);
  ASSERT_TRUE(backup) << backup.error().text;
  ASSERT_EQ(backup.value().segments.size(), 2u);
  EXPECT_EQ(backup.value().segments[1].first, 4);
  ASSERT_TRUE(load());
  EXPECT_EQ(frames_in(target), frames_in(data));
}

TEST_F(BackupTest, is_restored_up_to_a_position_or_a_time) {
  add_movies(4);
  ASSERT_TRUE(save());
  const auto all = frames_in(data);
  const auto third = load({.position = Position(3), .time = {}});
  ASSERT_TRUE(third) << third.error().text;
  EXPECT_EQ(third.value().head.last, Position(3));
  EXPECT_EQ(frames_in(target), std::vector(all.begin(), all.begin() + 3));
  const Instant then = third.value().time;
  fs::remove_all(target);
  EXPECT_EQ(load({.position = {}, .time = then}).value().time, then);
  EXPECT_EQ(frames_in(target).size(), 3u);
  fs::remove_all(target);
  const auto before = load({.position = {}, .time = Instant{1}});
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().kind, FaultKind::not_found);
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(BackupTest, is_only_restored_into_an_empty_directory) {
  add_movies(1);
  ASSERT_TRUE(save());
  fs::create_directories(target);
  write(target / "note", "mine");
  const auto restored = load();
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().kind, FaultKind::invalid);
  EXPECT_EQ(content(target / "note"), "mine");
  fs::remove(target / "note");
  EXPECT_TRUE(load());
}

TEST_F(BackupTest, of_another_log_or_a_log_that_lost_its_end_is_not_continued) {
  add_movies(3);
  ASSERT_TRUE(save());
  add_movies_to(dir.path() / "other", 5);
  const auto other = create(dir.path() / "other", saved, false, Instant{}, silence.talk);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, FaultKind::differs);

  ASSERT_TRUE(load({.position = Position(2), .time = {}}));
  const auto shorter = create(target, saved, false, Instant{}, silence.talk);
  ASSERT_FALSE(shorter);
  EXPECT_EQ(shorter.error().kind, FaultKind::differs);
  EXPECT_NE(shorter.error().text.find("lost its end"), std::string::npos);

  fs::remove_all(target / "read");
  EXPECT_TRUE(verify(saved, {}, silence.talk));
}

TEST_F(BackupTest, with_any_changed_byte_is_refused_naming_the_file) {
  add_movies(2);
  ASSERT_TRUE(save());
  add_movies(1);
  ASSERT_TRUE(save(true));
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(saved)) files.push_back(entry.path());
  ASSERT_EQ(files.size(), 5u);
  for (const fs::path& file : files) {
    const std::string good = content(file);
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
      write(file, bad);
      const auto verified = verify(saved, {}, silence.talk);
      ASSERT_FALSE(verified) << file << " byte " << i;
      ASSERT_EQ(verified.error().kind, FaultKind::corrupt) << verified.error().text;
      ASSERT_TRUE(verified.error().text.starts_with(path_text(file))) << verified.error().text;
    }
    write(file, good.substr(0, good.size() / 2));
    expect_refused(file);
    write(file, good);
    ASSERT_TRUE(verify(saved, {}, silence.talk));
  }
}

TEST_F(BackupTest, with_a_missing_or_swapped_file_is_refused) {
  for (int i = 0; i < 3; ++i) {
    add_movies(1);
    ASSERT_TRUE(save());
  }
  const auto swapped = [&](const fs::path& a, const fs::path& b) {
    const std::string kept = content(a);
    write(a, content(b));
    write(b, kept);
  };
  fs::rename(segment_path(saved, 2), dir.path() / "away");
  expect_refused(segment_path(saved, 2));
  fs::rename(dir.path() / "away", segment_path(saved, 2));
  fs::rename(manifest_path(saved, 2), dir.path() / "away");
  expect_refused(manifest_path(saved, 2));
  fs::rename(dir.path() / "away", manifest_path(saved, 2));
  swapped(manifest_path(saved, 2), manifest_path(saved, 3));
  swapped(segment_path(saved, 2), segment_path(saved, 3));
  expect_refused(manifest_path(saved, 2));
  swapped(manifest_path(saved, 2), manifest_path(saved, 3));
  expect_refused(segment_path(saved, 2));
  swapped(segment_path(saved, 2), segment_path(saved, 3));
  EXPECT_TRUE(verify(saved, {}, silence.talk));
  EXPECT_TRUE(verify(saved, 3, silence.talk));
  EXPECT_EQ(verify(saved, 4, silence.talk).error().kind, FaultKind::not_found);
}

// A crash between the two files of a segment.
TEST_F(BackupTest, goes_on_where_one_was_not_finished) {
  add_movies(2);
  ASSERT_TRUE(save());
  add_movies(1);
  ASSERT_TRUE(save());
  fs::remove(manifest_path(saved, 2));
  write(segment_path(saved, 3).string() + ".tmp", "half a file");
  add_movies(1);
  EXPECT_EQ(save().value().frames, 2u);
  ASSERT_TRUE(load());
  EXPECT_EQ(frames_in(target), frames_in(data));
}

TEST_F(BackupTest, has_keys_only_when_asked_and_forgets_destroyed_ones) {
  add_movies(1);
  ASSERT_TRUE(save());
  EXPECT_FALSE(fs::exists(saved / "keys.json"));
  fs::create_directories(data / "keys" / "users");
  write(data / "keys" / "users" / "7", "seven's key");
  write(data / "keys" / "users" / "8", "eight's key");
  ASSERT_TRUE(save(true));
  fs::remove(data / "keys" / "users" / "7");
  ASSERT_TRUE(save(true));
  EXPECT_EQ(fs::status(saved / "keys.json").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const auto restored = load();
  ASSERT_TRUE(restored) << restored.error().text;
  EXPECT_TRUE(restored.value().keys);
  EXPECT_FALSE(fs::exists(target / "keys" / "users" / "7"));
  EXPECT_EQ(content(target / "keys" / "users" / "8"), "eight's key");
  EXPECT_EQ(content(target / "keys" / "fingerprint.key"),
            content(data / "keys" / "fingerprint.key"));
}

TEST_F(BackupTest, is_never_mixed_with_other_files) {
  add_movies(1);
  fs::create_directories(saved);
  write(saved / "holiday.jpg", "");
  const auto refused = save();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::invalid);
}

TEST_F(BackupTest, can_be_served_and_goes_on_from_there) {
  add_movies(2);
  ASSERT_TRUE(save());
  ASSERT_TRUE(load());
  add_movies_to(target, 1);
  EXPECT_EQ(frames_in(target).size(), 3u);
}

}  // namespace
}  // namespace boxoffice::tools::backup
