#include <gtest/gtest.h>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

using tests::fingerprint;
using tests::sealed;
using tests::user_registered;

const Fingerprint ann = fingerprint("ann");
const Fingerprint bob = fingerprint("bob");

TEST(Users, a_user_is_found_by_id_and_by_address) {
  Models models;
  models.given(user_registered(UserId(1), ann), user_registered(UserId(2), bob));
  const auto user = models->user(UserId(1));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->user_id, UserId(1));
  EXPECT_EQ(user->key, UserKeyId(1));
  EXPECT_EQ(user->email, sealed("email"));
  EXPECT_EQ(user->password_hash, sealed("hash"));
  EXPECT_EQ(user->first_name, sealed("First"));
  EXPECT_EQ(user->last_name, sealed("Last"));
  EXPECT_EQ(user->role, events::Role::user);
  EXPECT_EQ(user->created_at, time_of(1));
  EXPECT_EQ(models->user(ann)->user_id, UserId(1));
  EXPECT_EQ(models->user(bob)->user_id, UserId(2));
  EXPECT_FALSE(models->user(fingerprint("nobody")));
  EXPECT_FALSE(models->user(Fingerprint{}));
  EXPECT_FALSE(models->user(UserId(3)));
}

TEST(Users, a_change_sets_what_it_names_and_nothing_else) {
  Models models;
  events::UserChanged names;
  names.user_id = UserId(1);
  names.first_name = sealed("Jane");
  names.last_name = sealed("Roe");
  models.given(user_registered(UserId(1), ann), names);
  EXPECT_EQ(models->user(UserId(1))->first_name, sealed("Jane"));
  EXPECT_EQ(models->user(UserId(1))->last_name, sealed("Roe"));
  EXPECT_EQ(models->user(UserId(1))->password_hash, sealed("hash"));

  events::UserChanged password;
  password.user_id = UserId(1);
  password.password_hash = sealed("another");
  models.given(password);
  EXPECT_EQ(models->user(UserId(1))->first_name, sealed("Jane"));
  EXPECT_EQ(models->user(UserId(1))->password_hash, sealed("another"));
  EXPECT_EQ(models->user(UserId(1))->created_at, time_of(1));
}

TEST(Users, who_was_erased_is_forgotten_and_the_address_is_free) {
  Models models;
  models.given(user_registered(UserId(1), ann), user_registered(UserId(2), bob),
               events::UserErased{UserId(1), UserKeyId(1)});
  EXPECT_FALSE(models->user(UserId(1)));
  EXPECT_FALSE(models->user(ann));
  EXPECT_TRUE(models->user(bob));
  models.given(user_registered(UserId(3), ann));
  EXPECT_EQ(models->user(ann)->user_id, UserId(3));
}

TEST(Users, a_role_is_given_and_taken_away) {
  Models models;
  models.given(user_registered(UserId(1), ann),
               events::UserRoleChanged{UserId(1), events::Role::admin},
               events::UserLoggedIn{UserId(1)});
  EXPECT_EQ(models->user(ann)->role, events::Role::admin);
  models.given(events::UserRoleChanged{UserId(1), events::Role::user});
  EXPECT_EQ(models->user(ann)->role, events::Role::user);
}

}  // namespace
}  // namespace boxoffice::projections
