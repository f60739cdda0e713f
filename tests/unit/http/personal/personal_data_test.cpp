// Personal data on its way into the engine and out again.
#include "http/personal/personal_data.h"

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>

#include "tests/support/temp_dir.h"

namespace boxoffice::http::personal {
namespace {

const Person ann{.email = "Ann@example.com",
                 .password_hash = "$argon2id$v=19$abc",
                 .first_name = "Ann",
                 .last_name = ""};

events::UserRegistered event_of(const engine::domain::RegisterUser& command) {
  return {.user_id = UserId(1),
          .key = command.key.id,
          .key_check = command.key.check,
          .email_fingerprint = command.email_fingerprint,
          .email = command.email,
          .password_hash = command.password_hash,
          .first_name = command.first_name,
          .last_name = command.last_name};
}

class PersonalDataTest : public testing::Test {
 protected:
  // What the log and the read models hold.
  events::UserRegistered registered(const Person& person) {
    return event_of(data.seal(person).value());
  }

  tests::TempDir folder;
  std::unique_ptr<UserKeys> keys =
      UserKeys::open(folder.path() / "users.keys", {}, MissingKeys::refuse).value();
  auth::FingerprintKey fingerprint_key{1, 2, 3};
  PersonalData data{*keys, fingerprint_key};
};

TEST_F(PersonalDataTest, is_what_it_was) {
  const Person opened = data.open(registered(ann)).value().value();
  EXPECT_EQ(opened.email, ann.email);
  EXPECT_EQ(opened.password_hash, ann.password_hash);
  EXPECT_EQ(opened.first_name, ann.first_name);
  EXPECT_EQ(opened.last_name, "");
}

TEST_F(PersonalDataTest, of_any_length_is_what_it_was) {
  const UserKeyId key = registered(ann).key;
  for (std::size_t size = 0; size <= 200; ++size) {
    Person person = ann;
    person.first_name = std::string(size, 'x');
    auto event = registered(person);
    EXPECT_EQ(data.open(event).value().value().first_name, person.first_name);
  }
  const auto short_one = data.seal(key, Field::first_name, "Al").value().value();
  const auto longer_one = data.seal(key, Field::first_name, "Alexandria").value().value();
  EXPECT_EQ(short_one.data.size(), longer_one.data.size()) << "its length says little";
}

TEST_F(PersonalDataTest, shows_nothing_of_the_text_and_never_twice_the_same) {
  Person person = ann;
  person.last_name = person.first_name;
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto event = registered(person);
    for (const auto* text :
         {&event.email, &event.password_hash, &event.first_name, &event.last_name}) {
      EXPECT_TRUE(seen.insert(text->data).second);
      EXPECT_EQ(text->data.find("Ann"), std::string::npos);
      EXPECT_EQ(text->data.find("argon2"), std::string::npos);
    }
  }
}

TEST_F(PersonalDataTest, with_any_changed_bit_is_refused) {
  const auto event = registered(ann);
  for (std::size_t bit = 0; bit < event.email.data.size() * 8; ++bit) {
    auto changed = event;
    changed.email.data[bit / 8] = static_cast<char>(changed.email.data[bit / 8] ^ (1 << bit % 8));
    const auto opened = data.open(changed);
    ASSERT_FALSE(opened.has_value()) << "bit " << bit;
    EXPECT_EQ(opened.error().kind, FaultKind::corrupt);
  }
  for (std::size_t size = 0; size < event.email.data.size(); ++size) {
    auto cut = event;
    cut.email.data.resize(size);
    EXPECT_FALSE(data.open(cut).has_value()) << size << " bytes";
  }
}

TEST_F(PersonalDataTest, of_another_user_or_field_does_not_open_here) {
  const auto of_ann = registered(ann);
  auto moved = registered(ann);
  moved.first_name = of_ann.first_name;
  EXPECT_FALSE(data.open(moved).has_value());
  auto swapped = of_ann;
  std::swap(swapped.first_name, swapped.last_name);
  EXPECT_FALSE(data.open(swapped).has_value());
}

TEST_F(PersonalDataTest, is_nobodys_once_the_key_is_destroyed) {
  const auto event = registered(ann);
  const auto other = registered(ann);
  const UserKeyName name{event.key, event.key_check};
  ASSERT_TRUE(keys->destroy(std::span(&name, 1)).has_value());
  EXPECT_FALSE(data.open(event).value());
  EXPECT_FALSE(data.seal(event.key, Field::first_name, "Anna").value());
  EXPECT_TRUE(data.open(other).value());
}

TEST_F(PersonalDataTest, a_change_opens_with_what_was_registered) {
  auto event = registered(ann);
  event.first_name = data.seal(event.key, Field::first_name, "Anna").value().value();
  EXPECT_EQ(data.open(event).value().value().first_name, "Anna");
}

TEST_F(PersonalDataTest, addresses_that_differ_only_in_case_have_one_fingerprint) {
  EXPECT_EQ(data.fingerprint_of_email("Ann@Example.COM"),
            data.fingerprint_of_email("ann@example.com"));
  EXPECT_NE(data.fingerprint_of_email("ann@example.com"),
            data.fingerprint_of_email("ann@example.org"));
  EXPECT_NE(data.fingerprint_of_email("J\xC3\x96RG@x.de"),
            data.fingerprint_of_email("j\xC3\xB6rg@x.de"))
      << "ASCII letters only";
  auth::FingerprintKey another_key{};
  const PersonalData others(*keys, another_key);
  EXPECT_NE(others.fingerprint_of_email("ann@example.com"),
            data.fingerprint_of_email("ann@example.com"));
}

}  // namespace
}  // namespace boxoffice::http::personal
