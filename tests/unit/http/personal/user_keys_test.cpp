// The file of user keys: what was drawn is there after a restart, what was destroyed never again.
#include "http/personal/user_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "tests/support/temp_dir.h"

namespace boxoffice::http::personal {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

bool holds(const std::string& content, const UserKey& key) {
  return content.find(std::string(key.begin(), key.end())) != std::string::npos;
}

class UserKeysTest : public testing::Test {
 protected:
  std::unique_ptr<UserKeys> open(std::uint32_t last = 0) {
    return UserKeys::open(path, UserKeyId(last)).value();
  }
  FaultKind refused(std::uint32_t last) {
    auto opened = UserKeys::open(path, UserKeyId(last));
    EXPECT_FALSE(opened.has_value());
    return opened ? FaultKind::unavailable : opened.error().kind;
  }
  UserKey key_of(const UserKeys& keys, UserKeyId id) { return keys.find(id).value().value(); }

  tests::TempDir folder;
  const fs::path path = folder.path() / "users.keys";
};

TEST_F(UserKeysTest, are_all_different_and_the_same_after_a_restart) {
  std::set<UserKey> seen;
  UserKey hundredth{};
  {
    const auto keys = open();
    for (std::uint32_t i = 1; i <= 100; ++i) {
      const UserKeyId id = keys->draw().value();
      EXPECT_EQ(id, UserKeyId(i));
      hundredth = key_of(*keys, id);
      EXPECT_TRUE(seen.insert(hundredth).second);
    }
  }
  EXPECT_EQ(key_of(*open(100), UserKeyId(100)), hundredth);
}

TEST_F(UserKeysTest, are_not_drawn_twice_over_restarts_nor_when_the_log_names_more) {
  std::set<UserKeyId> drawn{open()->draw().value(), open(1)->draw().value()};
  EXPECT_EQ(drawn.size(), 2U);
  write(path, "");  // the keys were lost, and somebody said so
  EXPECT_GT(open(500)->draw().value(), UserKeyId(500));
}

TEST_F(UserKeysTest, are_for_their_owner_only) {
  const auto keys = open();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(UserKeysTest, that_were_given_back_are_drawn_again) {
  const auto keys = open();
  const UserKeyId id = keys->draw().value();
  keys->give_back(id);
  EXPECT_EQ(keys->draw().value(), id);
  EXPECT_NE(keys->draw().value(), id);
}

TEST_F(UserKeysTest, that_were_destroyed_leave_no_byte_in_the_file) {
  const auto keys = open();
  const UserKeyId kept = keys->draw().value();
  const UserKeyId id = keys->draw().value();
  const UserKey key = key_of(*keys, id);
  ASSERT_TRUE(holds(content_of(path), key)) << "otherwise this test proves nothing";
  ASSERT_TRUE(keys->destroy(id).has_value());
  EXPECT_FALSE(holds(content_of(path), key));
  EXPECT_FALSE(keys->find(id).value());
  EXPECT_TRUE(keys->find(kept).value());
  EXPECT_TRUE(keys->destroy(id).has_value()) << "once more does no harm";
  EXPECT_FALSE(open(2)->find(id).value());
}

TEST_F(UserKeysTest, are_refused_when_any_byte_was_changed) {
  UserKeyId id;
  {
    const auto keys = open();
    id = keys->draw().value();
  }
  const std::string content = content_of(path);
  for (std::size_t i = 0; i < 128; ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write(path, changed);
    const auto keys = UserKeys::open(path, id);
    if (i < 64) {
      EXPECT_FALSE(keys.has_value()) << "byte " << i;
      continue;
    }
    ASSERT_TRUE(keys.has_value()) << "byte " << i;
    const auto found = keys.value()->find(id);
    ASSERT_FALSE(found.has_value()) << "byte " << i;
    EXPECT_EQ(found.error().kind, FaultKind::corrupt);
  }
}

TEST_F(UserKeysTest, that_are_missing_while_the_log_names_some_are_asked_for) {
  EXPECT_EQ(refused(1), FaultKind::not_found);
  EXPECT_FALSE(fs::exists(path)) << "nothing was made in their place";
}

TEST_F(UserKeysTest, that_are_older_than_the_log_are_refused) {
  static_cast<void>(open()->draw().value());
  EXPECT_EQ(refused(1000), FaultKind::corrupt);
  fs::resize_file(path, 64 * 1001);  // what the message says to do
  EXPECT_FALSE(open(1000)->find(UserKeyId(1000)).value());
}

TEST_F(UserKeysTest, of_a_newer_format_are_left_alone) {
  static_cast<void>(open());
  std::string content = content_of(path);
  content[4] = 2;
  write(path, content);
  EXPECT_EQ(refused(0), FaultKind::newer_format);
  EXPECT_EQ(content_of(path), content);
}

TEST_F(UserKeysTest, are_made_when_a_power_cut_kept_the_header_from_the_disk) {
  write(path, std::string(64, '\0'));
  EXPECT_EQ(open()->draw().value(), UserKeyId(1));
}

TEST_F(UserKeysTest, that_a_power_cut_tore_were_nobodys) {
  static_cast<void>(open()->draw().value());
  fs::resize_file(path, 64 * 10 + 7);
  EXPECT_EQ(open(1)->draw().value(), UserKeyId(11));
}

}  // namespace
}  // namespace boxoffice::http::personal
