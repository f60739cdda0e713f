#include "http/auth/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"

namespace boxoffice::http::auth {
namespace {

namespace fs = std::filesystem;

std::size_t count_files(const tests::TempDir& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

TEST(CreatePrivateFile, writes_the_content_for_the_owner_only) {
  const tests::TempDir folder;
  const mode_t before = ::umask(0);
  const Result<bool> created = create_private_file(folder.path() / "key", "content");
  ::umask(before);
  ASSERT_TRUE(created);
  EXPECT_TRUE(created.value());
  EXPECT_EQ(read_file(folder.path() / "key"), "content");
  EXPECT_EQ(fs::status(folder.path() / "key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(count_files(folder), 1u) << "a temporary file was left behind";
}

TEST(CreatePrivateFile, leaves_a_file_alone_that_is_there) {
  const tests::TempDir folder;
  write_file(folder.path() / "key", "old");
  const Result<bool> created = create_private_file(folder.path() / "key", "new");
  ASSERT_TRUE(created);
  EXPECT_FALSE(created.value());
  EXPECT_EQ(read_file(folder.path() / "key"), "old");
  EXPECT_EQ(count_files(folder), 1u);
}

TEST(CreatePrivateFile, does_not_write_through_a_dangling_link) {
  const tests::TempDir folder;
  fs::create_symlink(folder.path() / "elsewhere", folder.path() / "key");
  const Result<bool> created = create_private_file(folder.path() / "key", "new");
  ASSERT_TRUE(created);
  EXPECT_FALSE(created.value());
  EXPECT_FALSE(fs::exists(folder.path() / "elsewhere"));
}

TEST(CreatePrivateFile, of_many_at_once_exactly_one_creates_it) {
  const tests::TempDir folder;
  std::atomic<int> creators = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Result<bool> created = create_private_file(folder.path() / "key", std::to_string(i));
      if (created && created.value()) ++creators;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(creators, 1);
  EXPECT_EQ(count_files(folder), 1u);
}

TEST(CreatePrivateFile, says_what_failed_when_the_folder_is_missing) {
  const tests::TempDir folder;
  const Result<bool> created = create_private_file(folder.path() / "no/key", "content");
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().text.find("cannot create: No such file"), std::string::npos)
      << created.error().text;
}

TEST(CreatePrivateFile, accepts_a_path_without_a_folder) {
  const tests::TempDir folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const Result<bool> created = create_private_file("key", "content");
  fs::current_path(before);
  ASSERT_TRUE(created);
  EXPECT_EQ(read_file(folder.path() / "key"), "content");
}

TEST(ReadSmallFile, tells_missing_large_and_strange_files_apart) {
  const tests::TempDir folder;
  write_file(folder.path() / "file", "12345");
  EXPECT_EQ(read_small_file(folder.path() / "file", 5).value(), "12345");
  EXPECT_EQ(read_small_file(folder.path() / "file", 4).error().kind, FaultKind::invalid);
  EXPECT_EQ(read_small_file(folder.path() / "none", 4).error().kind, FaultKind::not_found);
  EXPECT_EQ(read_small_file(folder.path(), 4).error().kind, FaultKind::invalid);
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_small_file(folder.path() / "pipe", 4).error().kind, FaultKind::invalid);
}

}  // namespace
}  // namespace boxoffice::http::auth
