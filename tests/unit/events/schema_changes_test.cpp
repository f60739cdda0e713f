// Every way in which a schema can break what was written by it: one small change each.
#include "tests/unit/events/schema_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "events/codec.h"

namespace boxoffice::events {
namespace {

const std::string released = R"(
namespace n;
file_identifier "AAAA";
enum Colour : ubyte { red, green, blue }
struct Point { x: short; y: short; }
table A {
  id: uint;
  name: string;
  colour: Colour;
  place: Point;
  rows: [ushort];
  weight: int = 5;
  home: Point (required);
  last: uint;
}
table B { id: uint; }
table C { id: uint; }
union U { A, B, C }
table Root { u: U (required); time: long; }
root_type Root;
)";

struct Change {
  std::string name;
  std::string from;
  std::string to;
  std::string expected{};  ///< of one of the lines; nothing is broken when empty
};

std::ostream& operator<<(std::ostream& out, const Change& change) { return out << change.name; }

SchemaChanges changes_of(const Change& change) {
  std::string today = released;
  const std::size_t at = today.find(change.from);
  EXPECT_NE(at, std::string::npos) << change.from;
  today.replace(at, change.from.size(), change.to);
  return schema_changes(released, today);
}

class BreakingChange : public testing::TestWithParam<Change> {};

TEST_P(BreakingChange, is_named) {
  const auto found = changes_of(GetParam());
  EXPECT_THAT(found.broken, testing::Contains(GetParam().expected));
}

const std::vector<Change> breaking_changes{
    // Those that `flatc --conform` 2.0.8 lets pass.
    {"last_field_removed", "  last: uint;\n", "",
     R"(table n.A, field 7: was "last: uint, default 0", is gone)"},
    {"field_renamed_or_slot_used_again", "name: string", "title: string",
     R"(table n.A, field 1: was "name: string, optional", is "title: string, optional")"},
    {"field_deprecated", "name: string", "name: string (deprecated)",
     R"(table n.A, field 1: was "name: string, optional", is "name: string, deprecated")"},
    {"old_field_required", "place: Point", "place: Point (required)",
     R"(table n.A, field 3: was "place: n.Point, optional", is "place: n.Point, required")"},
    {"required_field_no_more", "home: Point (required)", "home: Point",
     R"(table n.A, field 6: was "home: n.Point, required", is "home: n.Point, optional")"},
    {"new_field_required", "  last: uint;\n", "  last: uint;\n  more: Point (required);\n",
     R"(table n.A, field 8: "more: n.Point, required" is new)"},
    {"enum_value_removed", "green, blue", "green", R"(enum n.Colour, 2: was "blue", is gone)"},
    {"enum_value_renamed", "green, blue", "green, azure",
     R"(enum n.Colour, 2: was "blue", is "azure")"},
    {"union_member_removed", "{ A, B, C }", "{ A, B }", R"(union n.U, 3: was "C: n.C", is gone)"},
    {"union_member_of_another_table", "{ A, B, C }", "{ A, B, C: A }",
     R"(union n.U, 3: was "C: n.C", is "C: n.A")"},
    {"struct_field_appended", "y: short; }", "y: short; z: short; }",
     R"(struct n.Point: was "4 bytes, aligned to 2", is "6 bytes, aligned to 2")"},
    {"struct_field_removed", " y: short;", "",
     R"(struct n.Point, byte 2: was "y: short", is gone)"},
    {"struct_field_renamed", "x: short", "longitude: short",
     R"(struct n.Point, byte 0: was "x: short", is "longitude: short")"},
    {"struct_alignment", "struct Point {", "struct Point (force_align: 8) {",
     R"(struct n.Point: was "4 bytes, aligned to 2", is "8 bytes, aligned to 8")"},
    {"file_identifier", "AAAA", "BBBB", R"(file identifier: was "AAAA", is "BBBB")"},
    {"root", "root_type Root", "root_type A", R"(root: was "n.Root", is "n.A")"},
    {"namespace", "namespace n", "namespace m", R"(table n.B: was "a table", is gone)"},
    // Those that it finds too, or crashes on (an enum in place of its base).
    {"field_removed", "  name: string;\n", "",
     R"(table n.A, field 1: was "name: string, optional", is )"
     R"("colour: n.Colour (ubyte), default 0")"},
    {"field_default", "= 5", "= 6",
     R"(table n.A, field 5: was "weight: int, default 5", is "weight: int, default 6")"},
    {"field_type_of_the_same_size", "weight: int", "weight: uint",
     R"(table n.A, field 5: was "weight: int, default 5", is "weight: uint, default 5")"},
    {"field_type_wider", "  id: uint;\n  name", "  id: ulong;\n  name",
     R"(table n.A, field 0: was "id: uint, default 0", is "id: ulong, default 0")"},
    {"field_type_an_enum_of_the_same_base", "table B { id: uint; }",
     "enum E : uint { zero } table B { id: E; }",
     R"(table n.B, field 0: was "id: uint, default 0", is "id: n.E (uint), default 0")"},
    {"field_elements", "[ushort]", "[short]",
     R"(table n.A, field 4: was "rows: [ushort], optional", is "rows: [short], optional")"},
    {"fields_exchanged", "  id: uint;\n  name: string;", "  name: string;\n  id: uint;",
     R"(table n.A, field 0: was "id: uint, default 0", is "name: string, optional")"},
    {"field_put_in_between", "  name: string", "  new: int;\n  name: string",
     R"(table n.A, field 1: was "name: string, optional", is "new: int, default 0")"},
    {"field_optional", "weight: int = 5", "weight: int = null",
     R"(table n.A, field 5: was "weight: int, default 5", is "weight: int, optional")"},
    {"enum_values_exchanged", "green, blue", "blue, green",
     R"(enum n.Colour, 1: was "green", is "blue")"},
    {"enum_base", "Colour : ubyte", "Colour : ushort",
     R"(enum n.Colour: was "ubyte", is "ushort")"},
    {"union_members_exchanged", "{ A, B, C }", "{ A, C, B }",
     R"(union n.U, 2: was "B: n.B", is "C: n.C")"},
    {"struct_fields_exchanged", "x: short; y: short;", "y: short; x: short;",
     R"(struct n.Point, byte 0: was "x: short", is "y: short")"},
    {"struct_field_type", "x: short", "x: ushort",
     R"(struct n.Point, byte 0: was "x: short", is "x: ushort")"},
    {"struct_made_a_table", "struct Point", "table Point",
     R"(struct n.Point: was "4 bytes, aligned to 2", is gone)"},
};

INSTANTIATE_TEST_SUITE_P(Each, BreakingChange, testing::ValuesIn(breaking_changes),
                         [](const auto& tested) { return tested.param.name; });

class HarmlessChange : public testing::TestWithParam<Change> {};

TEST_P(HarmlessChange, breaks_nothing_and_is_told) {
  const auto found = changes_of(GetParam());
  EXPECT_THAT(found.broken, testing::IsEmpty());
  if (GetParam().expected.empty()) {
    EXPECT_THAT(found.added, testing::IsEmpty());
  } else {
    EXPECT_THAT(found.added, testing::Contains(GetParam().expected));
  }
}

const std::vector<Change> harmless_changes{
    {"comment_or_layout", "namespace n;", "// hello\nnamespace n;\n\n\n"},
    {"explicit_ids", "table B { id: uint; }", "table B { id: uint (id: 0); }"},
    {"field_appended", "  last: uint;\n", "  last: uint;\n  more: Point;\n",
     R"(table n.A, field 8: "more: n.Point, optional" is new)"},
    {"enum_value_appended", "green, blue", "green, blue, grey",
     R"(enum n.Colour, 3: "grey" is new)"},
    {"union_member_appended_with_its_table", "union U { A, B, C }",
     "table D { at: Point (required); } union U { A, B, C, D }",
     R"(union n.U, 4: "D: n.D" is new)"},
};

INSTANTIATE_TEST_SUITE_P(Each, HarmlessChange, testing::ValuesIn(harmless_changes),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace boxoffice::events
