// The schema, the structs and the names agree. (That tables mirror structs is checked where the
// codec is compiled; here is what a compiler cannot see.)
#include <gtest/gtest.h>

#include "events/codec.h"
#include "tests/support/event_samples.h"
#include "tests/unit/events/schema_json.h"

namespace boxoffice::events {
namespace {

template <DescribedEnum E>
void expect_same_enum(const flatbuffers::Parser& schema, const std::string& name) {
  const auto* in_schema = schema.enums_.Lookup("boxoffice.events.fb." + name);
  ASSERT_NE(in_schema, nullptr) << name;
  std::size_t count = 0;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    ++count;
    const auto* value = in_schema->Lookup(d.name);
    ASSERT_NE(value, nullptr) << name << "." << d.name;
    EXPECT_EQ(value->GetAsUInt64(), static_cast<std::uint64_t>(d.value)) << name << "." << d.name;
  });
  EXPECT_EQ(in_schema->Vals().size(), count) << name;
}

TEST(Schema, enums_have_the_names_and_numbers_of_the_code) {
  const auto schema = parse_schema(schema_text());
  expect_same_enum<Role>(*schema, "Role");
  expect_same_enum<ActorKind>(*schema, "ActorKind");
  expect_same_enum<CancelReason>(*schema, "CancelReason");
  expect_same_enum<CommandType>(*schema, "CommandType");
  expect_same_enum<Refusal>(*schema, "Refusal");
}

TEST(Schema, event_types_have_the_names_and_numbers_of_the_code) {
  const auto schema = parse_schema(schema_text());
  const auto* types = schema->enums_.Lookup("boxoffice.events.fb.EventBody");
  ASSERT_NE(types, nullptr);
  ASSERT_EQ(types->Vals().size(), std::variant_size_v<EventBody> + 1);  // and NONE
  for (const Event& event : tests::empty_events()) {
    const auto* type = types->Lookup(std::string(type_name(event.body)));
    ASSERT_NE(type, nullptr) << type_name(event.body);
    EXPECT_EQ(type->GetAsUInt64(), event.body.index() + 1);
  }
}

TEST(Schema, lets_stock_flatbuffers_read_a_frame) {
  const auto schema = parse_schema(schema_text());
  const auto bytes = tests::encode(tests::lock_events(Position(7), 2));
  std::string json;
  ASSERT_TRUE(flatbuffers::GenerateText(*schema, bytes.data(), &json));
  EXPECT_NE(json.find("\"body_type\": \"SeatsLocked\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"user_session\": \"3f2b8c1e-0000-4000-8000-000000000008\""),
            std::string::npos)
      << json;
}

}  // namespace
}  // namespace boxoffice::events
