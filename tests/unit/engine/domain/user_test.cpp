// Users: registering, changing, roles, logging in.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

TEST(Users, register_with_ids_from_1) {
  given({})
      .when(RegisterUser{ann_email, "hash", "First", "Last"})
      .then({registered(ann, ann_email)})
      .when(RegisterUser{bob_email, "hash", "First", "Last"})
      .then({registered(bob, bob_email)});
}

TEST(Users, with_addresses_that_differ_only_in_case_are_one) {
  given({registered(ann, ann_email)})
      .when(RegisterUser{"ANN@example.com", "hash", "First", "Last"})
      .then(Refusal::email_taken);
}

TEST(Users, keep_the_case_that_they_registered_with) {
  given({})
      .when(RegisterUser{"Ann@example.com", "hash", "First", "Last"})
      .then({registered(ann, "Ann@example.com")});
}

TEST(Users, change_what_is_given) {
  given(cinema())
      .when(ChangeUser{ann, {}, "Anna", {}}, user(1))
      .then({events::UserChanged{ann, {}, "Anna", {}}});
}

TEST(Users, change_their_role) {
  given(cinema())
      .when(ChangeUserRole{bob, events::Role::admin}, admin)
      .then({events::UserRoleChanged{bob, events::Role::admin}});
}

TEST(Users, that_do_not_exist_cannot_be_changed) {
  given(cinema()).when(ChangeUser{UserId(3), {}, {}, {}}).then(Refusal::user_not_found);
  given(cinema())
      .when(ChangeUserRole{UserId(3), events::Role::admin})
      .then(Refusal::user_not_found);
}

TEST(Users, log_in_with_their_password) {
  given(cinema()).when(LogIn{ann, true}).then({events::UserLoggedIn{ann}});
}

TEST(Users, unknown_ones_and_wrong_passwords_are_refused_alike) {
  given(cinema()).when(LogIn{ann, false}).then(Refusal::wrong_credentials);
  given(cinema()).when(LogIn{UserId(), false}).then(Refusal::wrong_credentials);
  given(cinema()).when(LogIn{UserId(3), true}).then(Refusal::wrong_credentials);
}

}  // namespace
}  // namespace boxoffice::tests
