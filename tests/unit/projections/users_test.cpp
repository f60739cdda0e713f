#include <gtest/gtest.h>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

events::UserRegistered registered(std::uint32_t id, std::string email) {
  return {.user_id = UserId(id),
          .email = std::move(email),
          .password_hash = "$argon2id$1",
          .first_name = "John",
          .last_name = "Doe"};
}

TEST(Users, a_user_is_found_by_id_and_by_address_in_any_case) {
  Models models;
  models.given(registered(1, "Test@example.com"), registered(2, "other@example.com"));
  const auto user = models->user(UserId(1));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->user_id, UserId(1));
  EXPECT_EQ(user->email, "Test@example.com");
  EXPECT_EQ(user->password_hash, "$argon2id$1");
  EXPECT_EQ(user->first_name, "John");
  EXPECT_EQ(user->last_name, "Doe");
  EXPECT_EQ(user->role, events::Role::user);
  EXPECT_EQ(user->created_at, time_of(1));
  EXPECT_EQ(models->user("tEST@EXAMPLE.com")->user_id, UserId(1));
  EXPECT_EQ(models->user("other@example.com")->user_id, UserId(2));
  EXPECT_FALSE(models->user("nobody@example.com"));
  EXPECT_FALSE(models->user(""));
  EXPECT_FALSE(models->user(UserId(3)));
}

TEST(Users, a_change_sets_what_it_names_and_nothing_else) {
  Models models;
  events::UserChanged names;
  names.user_id = UserId(1);
  names.first_name = "Jane";
  names.last_name = "Roe";
  models.given(registered(1, "a@example.com"), names);
  EXPECT_EQ(models->user(UserId(1))->first_name, "Jane");
  EXPECT_EQ(models->user(UserId(1))->last_name, "Roe");
  EXPECT_EQ(models->user(UserId(1))->password_hash, "$argon2id$1");

  events::UserChanged password;
  password.user_id = UserId(1);
  password.password_hash = "$argon2id$2";
  models.given(password);
  EXPECT_EQ(models->user(UserId(1))->first_name, "Jane");
  EXPECT_EQ(models->user(UserId(1))->password_hash, "$argon2id$2");
  EXPECT_EQ(models->user(UserId(1))->created_at, time_of(1));
}

TEST(Users, a_role_is_given_and_taken_away) {
  Models models;
  models.given(registered(1, "a@example.com"),
               events::UserRoleChanged{UserId(1), events::Role::admin},
               events::UserLoggedIn{UserId(1)});
  EXPECT_EQ(models->user("a@example.com")->role, events::Role::admin);
  models.given(events::UserRoleChanged{UserId(1), events::Role::user});
  EXPECT_EQ(models->user("a@example.com")->role, events::Role::user);
}

}  // namespace
}  // namespace boxoffice::projections
