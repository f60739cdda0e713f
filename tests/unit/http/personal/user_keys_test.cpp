// The file of user keys: what was drawn is there after a restart, what was destroyed never again.
#include "http/personal/user_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>

#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"

namespace boxoffice::http::personal {
namespace {

namespace fs = std::filesystem;

bool holds(const std::string& content, const UserKey& key) {
  return content.find(std::string(key.begin(), key.end())) != std::string::npos;
}

class UserKeysTest : public testing::Test {
 protected:
  std::unique_ptr<UserKeys> open(std::uint32_t last = 0,
                                 MissingKeys missing = MissingKeys::refuse) {
    return UserKeys::open(path, UserKeyId(last), missing).value();
  }
  FaultKind refused(std::uint32_t last) {
    auto opened = UserKeys::open(path, UserKeyId(last), MissingKeys::refuse);
    EXPECT_FALSE(opened.has_value());
    return opened ? FaultKind::unavailable : opened.error().kind;
  }
  static UserKey key_of(const UserKeys& keys, const UserKeyName& name) {
    return keys.find(name.id).value().value();
  }
  static KeyState state_of(const UserKeys& keys, const UserKeyName& name) {
    return keys.state_of(name).value();
  }
  static void destroy(UserKeys& keys, const UserKeyName& name) {
    ASSERT_TRUE(keys.destroy(std::span(&name, 1)).has_value());
  }

  tests::TempDir folder;
  const fs::path path = folder.path() / "users.keys";
};

TEST_F(UserKeysTest, are_all_different_and_the_same_after_a_restart) {
  std::set<UserKey> seen;
  UserKeyName hundredth;
  UserKey key{};
  {
    const auto keys = open();
    for (std::uint32_t i = 1; i <= 100; ++i) {
      hundredth = keys->draw().value();
      EXPECT_EQ(hundredth.id, UserKeyId(i));
      key = key_of(*keys, hundredth);
      EXPECT_TRUE(seen.insert(key).second);
    }
  }
  const auto keys = open(100);
  EXPECT_EQ(key_of(*keys, hundredth), key);
  EXPECT_EQ(state_of(*keys, hundredth), KeyState::whole);
}

TEST_F(UserKeysTest, are_not_drawn_twice_over_restarts_nor_when_the_log_names_more) {
  const UserKeyId first = open()->draw().value().id;
  EXPECT_NE(open(1)->draw().value().id, first);
  write_file(path, "");  // the keys were lost, and somebody said so
  EXPECT_GT(open(500, MissingKeys::give_up)->draw().value().id, UserKeyId(500));
}

TEST_F(UserKeysTest, are_for_their_owner_only) {
  const auto keys = open();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(UserKeysTest, that_were_given_back_are_drawn_again) {
  const auto keys = open();
  const UserKeyName key = keys->draw().value();
  keys->give_back(key);
  EXPECT_EQ(keys->draw().value(), key);
  EXPECT_NE(keys->draw().value(), key);
}

TEST_F(UserKeysTest, that_were_destroyed_leave_no_byte_in_the_file) {
  const auto keys = open();
  const UserKeyName kept = keys->draw().value();
  const UserKeyName name = keys->draw().value();
  const UserKey key = key_of(*keys, name);
  ASSERT_TRUE(holds(read_file(path), key)) << "otherwise this test proves nothing";
  destroy(*keys, name);
  EXPECT_FALSE(holds(read_file(path), key));
  EXPECT_FALSE(keys->find(name.id).value());
  EXPECT_EQ(state_of(*keys, name), KeyState::destroyed);
  EXPECT_EQ(state_of(*keys, kept), KeyState::whole);
  destroy(*keys, name);  // once more does no harm
}

TEST_F(UserKeysTest, are_told_from_others_and_from_damaged_ones) {
  tests::TempDir elsewhere;
  const auto others =
      UserKeys::open(elsewhere.path() / "users.keys", {}, MissingKeys::refuse).value();
  const UserKeyName of_others = others->draw().value();
  UserKeyName name;
  {
    const auto keys = open();
    name = keys->draw().value();
    EXPECT_EQ(state_of(*keys, of_others), KeyState::another);
  }
  const std::string content = read_file(path);
  for (std::size_t i = 0; i < 128; ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write_file(path, changed);
    const auto keys = UserKeys::open(path, name.id, MissingKeys::refuse);
    if (i < 64) {
      EXPECT_FALSE(keys.has_value()) << "byte " << i << " of the header";
      continue;
    }
    ASSERT_TRUE(keys.has_value()) << "byte " << i;
    EXPECT_EQ(state_of(*keys.value(), name), KeyState::damaged) << "byte " << i;
    const auto found = keys.value()->find(name.id);
    ASSERT_FALSE(found.has_value()) << "byte " << i;
    EXPECT_EQ(found.error().kind, FaultKind::corrupt);
  }
}

TEST_F(UserKeysTest, that_are_missing_or_emptied_while_the_log_names_some_are_asked_for) {
  EXPECT_EQ(refused(1), FaultKind::not_found);
  EXPECT_FALSE(fs::exists(path)) << "nothing was made in their place";
  write_file(path, "");
  EXPECT_EQ(refused(1), FaultKind::not_found);
  EXPECT_EQ(read_file(path), "");
}

TEST_F(UserKeysTest, that_are_older_than_the_log_are_refused_until_the_rest_is_given_up) {
  const UserKeyName name = open()->draw().value();
  EXPECT_EQ(refused(1000), FaultKind::corrupt);
  const auto keys = open(1000, MissingKeys::give_up);
  EXPECT_EQ(state_of(*keys, name), KeyState::whole);
  EXPECT_FALSE(keys->find(UserKeyId(1000)).value());
  EXPECT_EQ(keys->draw().value().id, UserKeyId(1001));
}

TEST_F(UserKeysTest, of_a_newer_format_are_left_alone) {
  static_cast<void>(open());
  std::string content = read_file(path);
  content[4] = 2;
  write_file(path, content);
  EXPECT_EQ(refused(0), FaultKind::newer_format);
  EXPECT_EQ(read_file(path), content);
}

TEST_F(UserKeysTest, are_made_when_a_power_cut_kept_the_header_from_the_disk) {
  write_file(path, std::string(64, '\0'));
  EXPECT_EQ(open()->draw().value().id, UserKeyId(1));
}

TEST_F(UserKeysTest, that_a_power_cut_tore_were_nobodys) {
  static_cast<void>(open()->draw().value());
  fs::resize_file(path, 64 * 10 + 7);
  EXPECT_EQ(open(1)->draw().value().id, UserKeyId(11));
}

TEST_F(UserKeysTest, are_one_processs_own) {
  const auto keys = open();
  EXPECT_EQ(refused(0), FaultKind::locked);
}

TEST_F(UserKeysTest, under_two_names_are_refused) {
  static_cast<void>(open());
  fs::create_hard_link(path, folder.path() / "copy");
  EXPECT_EQ(refused(0), FaultKind::invalid);
}

TEST_F(UserKeysTest, that_were_replaced_under_way_are_neither_drawn_nor_destroyed) {
  const auto keys = open();
  UserKeyName name;
  for (int i = 0; i < 64; ++i) name = keys->draw().value();
  fs::copy_file(path, folder.path() / "copy");
  fs::rename(folder.path() / "copy", path);
  EXPECT_FALSE(keys->draw().has_value());
  EXPECT_FALSE(keys->destroy(std::span(&name, 1)).has_value());
}

TEST_F(UserKeysTest, that_were_cut_off_under_way_are_not_drawn) {
  const auto keys = open();
  static_cast<void>(keys->draw().value());
  fs::resize_file(path, 64);
  const auto drawn = keys->draw();
  ASSERT_FALSE(drawn.has_value());
  EXPECT_EQ(drawn.error().kind, FaultKind::corrupt);
}

}  // namespace
}  // namespace boxoffice::http::personal
