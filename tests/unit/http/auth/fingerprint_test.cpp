#include "http/auth/fingerprint.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "tests/support/temp_dir.h"
#include "tests/support/whole_file.h"

namespace boxoffice::http::auth {
namespace {

FingerprintKey counting_key() {
  FingerprintKey key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  return key;
}

// By Python 3: hashlib.blake2b(digest_size=16, key=bytes(range(32))), updated with
// len(part).to_bytes(8, "big") + part for each part.
TEST(Fingerprinter, gives_the_same_answer_as_an_independent_implementation) {
  const Fingerprinter fingerprinter(counting_key());
  EXPECT_EQ(to_hex(fingerprinter.of({"ab", "c"}).bytes), "7ace718457b03d39c4060518a0cf8abe");
  EXPECT_EQ(to_hex(fingerprinter.of({"", ""}).bytes), "3d04786048df20c198458d48afb27847");
}

TEST(Fingerprinter, parts_cannot_be_shifted) {
  const Fingerprinter fingerprinter(counting_key());
  const std::set<Fingerprint> all = {
      fingerprinter.of({}),
      fingerprinter.of({""}),
      fingerprinter.of({"", ""}),
      fingerprinter.of({"abc"}),
      fingerprinter.of({"ab", "c"}),
      fingerprinter.of({"a", "bc"}),
      fingerprinter.of({"", "abc"}),
      fingerprinter.of({"abc", ""}),
      fingerprinter.of({"a", "b", "c"}),
      fingerprinter.of({std::string_view("abc\0", 4)}),
  };
  EXPECT_EQ(all.size(), 10u);
}

TEST(Fingerprinter, depends_on_every_byte_of_the_key) {
  const Fingerprint reference = Fingerprinter(counting_key()).of({"text"});
  for (std::size_t i = 0; i < counting_key().size(); ++i) {
    FingerprintKey key = counting_key();
    key[i] ^= 1;
    EXPECT_NE(Fingerprinter(key).of({"text"}), reference) << i;
  }
}

TEST(FingerprintKeyFile, is_created_once_and_then_kept) {
  const tests::TempDir folder;
  const Result<FingerprintKey> first = load_or_create_key(folder.path() / "key");
  const Result<FingerprintKey> second = load_or_create_key(folder.path() / "key");
  const Result<FingerprintKey> other = load_or_create_key(folder.path() / "other");
  ASSERT_TRUE(first && second && other);
  EXPECT_EQ(first.value(), second.value());
  EXPECT_NE(first.value(), other.value());
  EXPECT_EQ(read_file(folder.path() / "key").size(), 32u);
}

TEST(FingerprintKeyFile, of_a_wrong_size_is_refused_and_left_alone) {
  const tests::TempDir folder;
  for (const std::size_t size : {0, 31, 33, 4096}) {
    write_file(folder.path() / "key", std::string(size, 'x'));
    const Result<FingerprintKey> key = load_or_create_key(folder.path() / "key");
    ASSERT_FALSE(key) << size;
    EXPECT_EQ(read_file(folder.path() / "key").size(), size);
  }
}

TEST(FingerprintKeyFile, a_missing_folder_is_a_fault) {
  const tests::TempDir folder;
  EXPECT_FALSE(load_or_create_key(folder.path() / "no/key"));
}

}  // namespace
}  // namespace boxoffice::http::auth
