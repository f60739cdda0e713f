// SHA-256 of memory and of files: the standard's known answers.
#include "engine/log/sha256.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/support/temp_dir.h"

namespace boxoffice::engine::log {
namespace {

// FIPS 180-2, appendix B.3: a million times "a".
constexpr const char* million_a =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
constexpr const char* nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string file_hash(const std::string& content) {
  const tests::TempDir directory;
  const auto path = directory.path() / "file";
  std::ofstream(path) << content;
  return to_hex(sha256_of_file(path).value().bytes);
}

TEST(Sha256, gives_the_known_answers) {
  const std::vector<std::uint8_t> bytes(1'000'000, 'a');
  EXPECT_EQ(to_hex(sha256(bytes).bytes), million_a);
  EXPECT_EQ(to_hex(sha256({}).bytes), nothing);
}

TEST(Sha256, of_a_file_is_that_of_its_bytes) {
  EXPECT_EQ(file_hash(std::string(1'000'000, 'a')), million_a);
  EXPECT_EQ(file_hash(""), nothing);
  const std::string pieces(3'000'000, 'b');  // more than one read
  const std::vector<std::uint8_t> bytes(pieces.begin(), pieces.end());
  EXPECT_EQ(file_hash(pieces), to_hex(sha256(bytes).bytes));
}

TEST(Sha256, of_a_file_that_is_not_there_is_a_fault) {
  EXPECT_EQ(sha256_of_file("/nonexistent/file").error().kind, FaultKind::io);
}

}  // namespace
}  // namespace boxoffice::engine::log
