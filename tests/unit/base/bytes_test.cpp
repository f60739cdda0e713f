#include "base/bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace boxoffice {
namespace {

TEST(Uuids, are_read_in_either_case_and_written_in_lower_case) {
  const auto id = parse_uuid("3F2B8C1E-00ff-4000-8000-0123456789AB");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(to_string(*id), "3f2b8c1e-00ff-4000-8000-0123456789ab");
  EXPECT_EQ(id->bytes[0], 0x3F);
  EXPECT_EQ(id->bytes[15], 0xAB);
}

TEST(Uuids, that_are_malformed_are_refused) {
  for (const char* text :
       {"", "3f2b8c1e", "3f2b8c1e00ff400080000123456789ab", "3f2b8c1e-00ff-4000-8000-0123456789a",
        "3f2b8c1e-00ff-4000-8000-0123456789abc", "3f2b8c1e-00ff-4000-80000-123456789ab",
        "3f2b8c1g-00ff-4000-8000-0123456789ab", "{f2b8c1e-00ff-4000-8000-0123456789a}"}) {
    EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
  }
}

TEST(Bytes, are_printed_as_hexadecimal) {
  EXPECT_EQ(to_hex(std::vector<std::uint8_t>{0x00, 0x0F, 0xA0, 0xFF}), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(Bytes, in_big_endian_sort_as_their_numbers) {
  EXPECT_EQ(to_big_endian(std::uint32_t{0x01020304}), (std::array<char, 4>{1, 2, 3, 4}));
  const std::vector<std::uint64_t> numbers{0, 1, 255, 256, 65'535, 1ULL << 32, ~0ULL};
  std::vector<std::string> keys;
  for (const std::uint64_t number : numbers) {
    const auto bytes = to_big_endian(number);
    EXPECT_EQ(from_big_endian<std::uint64_t>(bytes.data()), number);
    keys.emplace_back(bytes.begin(), bytes.end());
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(Bytes, that_are_all_zero_are_the_default) {
  EXPECT_TRUE(Sha256{}.is_zero());
  Sha256 one;
  one.bytes[31] = 1;
  EXPECT_FALSE(one.is_zero());
}

}  // namespace
}  // namespace boxoffice
