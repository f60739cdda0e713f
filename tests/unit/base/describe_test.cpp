#include "base/describe.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace boxoffice::described {

struct Ticket {
  std::int32_t row = 7;
  std::string name = "Ann";
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (row, name))

BOOST_DEFINE_FIXED_ENUM_CLASS(Colour, std::uint8_t, red, green)

struct Plain {};

static_assert(Described<Ticket> && !Described<Plain> && !Described<int>);
static_assert(DescribedEnum<Colour>);
static_assert(enum_name(Colour::green) == "green");
static_assert(enum_from_name<Colour>("red") == Colour::red);

TEST(Describe, visits_members_in_order_with_their_names) {
  Ticket ticket;
  std::vector<std::string> names;
  for_each_member(ticket, [&](std::string_view name, auto& member) {
    names.emplace_back(name);
    if constexpr (std::is_same_v<std::decay_t<decltype(member)>, std::string>) member = "Bob";
  });
  EXPECT_EQ(names, (std::vector<std::string>{"row", "name"}));
  EXPECT_EQ(ticket.name, "Bob");
}

TEST(Describe, visits_types_without_an_object) {
  std::size_t bytes = 0;
  for_each_member_type<Ticket>(
      [&](std::string_view, auto type) { bytes += sizeof(typename decltype(type)::type); });
  EXPECT_EQ(bytes, sizeof(std::int32_t) + sizeof(std::string));
}

TEST(Describe, names_values_outside_the_enum_unknown) {
  EXPECT_EQ(enum_name(static_cast<Colour>(9)), "unknown");
  EXPECT_EQ(enum_from_name<Colour>("blue"), std::nullopt);
  EXPECT_EQ(enum_from_name<Colour>("Red"), std::nullopt);
}

}  // namespace boxoffice::described
