#include "base/packed.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <unordered_map>

namespace boxoffice {
namespace {

enum class SeatStatus : std::uint8_t { free, locked, booked };
BOOST_DESCRIBE_ENUM(SeatStatus, free, locked, booked)

struct Sample {
  bool flag = false;
  std::uint8_t small = 0;
  std::uint64_t large = 0;
  std::int32_t negative = 0;
  ShowId show_id;
  Money price;
  Instant time;
  Date date;
  TimeOfDay at;
  std::string text;
  Uuid uuid;
  std::optional<std::string> maybe;
  std::vector<std::uint16_t> rows;
  SeatStatus status = SeatStatus::free;

  bool operator==(const Sample&) const = default;
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (flag, small, large, negative, show_id, price, time, date, at, text, uuid,
                       maybe, rows, status))

Sample full_sample() {
  Sample s;
  s.flag = true;
  s.small = 200;
  s.large = 300;
  s.negative = -2;
  s.show_id = ShowId(7);
  s.price = Money{1250};
  s.time = Instant{-1};
  s.date = Date{2024, 6, 15};
  s.at = TimeOfDay{72000};
  s.text = "hi";
  s.uuid.bytes.fill(0xAB);
  s.maybe = "x";
  s.rows = {1, 300};
  s.status = SeatStatus::booked;
  return s;
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

TEST(Packed, the_bytes_of_each_kind_of_member_are_as_documented) {
  const std::string expected = bytes({1, 0xC8, 0x01, 0xAC, 0x02, 3, 7, 0xC4, 0x13, 1}) +
                               bytes({0xD0, 0x1F, 6, 15, 0x80, 0xE5, 0x08, 2, 'h', 'i'}) +
                               std::string(16, static_cast<char>(0xAB)) +
                               bytes({1, 1, 'x', 2, 1, 0xAC, 0x02, 2});
  EXPECT_EQ(pack(full_sample()), expected);
}

TEST(Packed, a_row_that_is_cut_short_is_refused_at_every_byte) {
  const std::string row = pack(full_sample());
  ASSERT_EQ(unpack<Sample>(row), full_sample());
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_FALSE(unpack<Sample>(std::string_view(row).substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack<Sample>(row + '\0')) << "bytes are left over";
}

TEST(Packed, values_outside_their_type_are_refused) {
  EXPECT_FALSE(unpack<bool>(bytes({2})));
  EXPECT_FALSE(unpack<SeatStatus>(bytes({3})));
  EXPECT_FALSE(unpack<std::uint8_t>(bytes({0x80, 0x02})));
  EXPECT_FALSE(unpack<std::int16_t>(bytes({0x80, 0x80, 0x04}))) << "32768";
  EXPECT_TRUE(unpack<std::int16_t>(bytes({0xFF, 0xFF, 0x03}))) << "-32768";
  EXPECT_FALSE(unpack<std::uint8_t>(bytes({0x81, 0x00}))) << "a padded varint";
  EXPECT_FALSE(unpack<std::string>(bytes({0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 'a'})))
      << "a count beyond the row";
  const std::string eleven_bytes(10, static_cast<char>(0xFF));
  EXPECT_FALSE(unpack<std::uint64_t>(eleven_bytes + bytes({1})));
  EXPECT_FALSE(unpack<std::uint64_t>(std::string(9, static_cast<char>(0xFF)) + bytes({2})));
}

TEST(Packed, the_limits_of_64_bits_survive) {
  for (const auto value : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                           std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(unpack<std::int64_t>(pack(value)), value);
  }
  const auto max = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(unpack<std::uint64_t>(pack(max)), max);
}

RC_GTEST_PROP(Packed, whatever_decodes_encodes_to_the_same_bytes, ()) {
  // Random bytes rarely decode; a valid row with a few bytes changed often does.
  std::string row = pack(full_sample());
  const auto changes = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
      rc::gen::pair(rc::gen::inRange<std::size_t>(0, row.size()), rc::gen::arbitrary<char>()));
  for (const auto& [at, byte] : changes) row[at] = byte;
  const auto decoded = unpack<Sample>(row);
  RC_CLASSIFY(decoded.has_value());
  if (decoded) RC_ASSERT(pack(*decoded) == row);
}

TEST(Packed, a_hash_table_is_in_order_of_its_keys) {
  std::unordered_map<std::uint32_t, std::string> table;
  for (std::uint32_t i = 0; i < 100; ++i) table[i * 37 % 101] = std::to_string(i);
  const std::map<std::uint32_t, std::string> sorted(table.begin(), table.end());
  EXPECT_EQ(pack(table), pack(sorted));
  EXPECT_EQ((unpack<std::unordered_map<std::uint32_t, std::string>>(pack(sorted))), table);
}

TEST(Packed, keys_that_repeat_or_fall_are_refused) {
  using Map = std::map<std::uint8_t, bool>;
  EXPECT_TRUE(unpack<Map>(bytes({2, 1, 0, 2, 1})));
  EXPECT_FALSE(unpack<Map>(bytes({2, 1, 0, 1, 1})));
  EXPECT_FALSE(unpack<Map>(bytes({2, 2, 0, 1, 1})));
  EXPECT_TRUE(unpack<std::set<std::uint8_t>>(bytes({2, 1, 2})));
  EXPECT_FALSE(unpack<std::set<std::uint8_t>>(bytes({2, 1, 1})));
}

struct Nibbles {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  std::uint64_t word() const { return high << 4 | low; }
  static std::optional<Nibbles> from_word(std::uint64_t word) {
    if (word > 0xFF) return std::nullopt;
    return Nibbles{word & 0xF, word >> 4};
  }
};

TEST(Packed, a_struct_that_is_a_word_says_which_words_it_takes) {
  EXPECT_EQ(pack(Nibbles{2, 1}), bytes({0x12}));
  EXPECT_EQ(unpack<Nibbles>(bytes({0x12}))->high, 1u);
  EXPECT_FALSE(unpack<Nibbles>(bytes({0x80, 0x02})));
}

}  // namespace
}  // namespace boxoffice
