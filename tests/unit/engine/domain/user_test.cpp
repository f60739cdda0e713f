// Users: registering, changing, roles, logging in.

#include <gtest/gtest.h>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

TEST(Users, register_with_ids_from_1) {
  given({})
      .when(register_user(1, ann_email))
      .then({user_registered(ann, ann_email)})
      .when(register_user(2, bob_email))
      .then({user_registered(bob, bob_email)});
}

TEST(Users, with_one_address_are_one) {
  given({user_registered(ann, ann_email)})
      .when(register_user(2, ann_email))
      .then(Refusal::email_taken);
}

TEST(Users, change_what_is_given) {
  given(cinema())
      .when(ChangeUser{ann, {}, sealed("Anna"), {}}, user(1))
      .then({events::UserChanged{ann, {}, sealed("Anna"), {}}});
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

TEST(Users, that_were_erased_are_not_there_any_more) {
  const events::UserErased erased{ann, UserKeyId(1)};
  given(cinema()).when(EraseUser{ann}, user(1)).then({erased});
  auto history = cinema();
  history.emplace_back(erased);
  given(history).when(EraseUser{ann}).then(Refusal::user_not_found);
  given(history).when(ChangeUser{ann, {}, {}, {}}, user(1)).then(Refusal::user_not_found);
  given(history).when(LogIn{ann, true}).then(Refusal::wrong_credentials);
  given(history).when(book({1})).then(Refusal::user_not_found);
}

TEST(Users, leave_their_address_to_others_when_they_are_erased) {
  auto history = cinema();
  history.emplace_back(events::UserErased{ann, UserKeyId(1)});
  const UserId carol(3);
  given(history)
      .when(register_user(3, ann_email))
      .then({user_registered(carol, ann_email)})
      .when(EraseUser{carol})
      .then({events::UserErased{carol, UserKeyId(3)}});
}

TEST(Users, keep_the_seats_that_they_bought_when_they_are_erased) {
  auto history = cinema();
  for (auto& body : Bodies{booked(booking1, {1}, {.user_id = ann})}) history.push_back(body);
  history.emplace_back(events::UserErased{ann, UserKeyId(1)});
  given(history)
      .when(book({1}, "", bob_email), user(2))
      .then(Refused{Refusal::seat_taken, seats({1})});
}

}  // namespace
}  // namespace boxoffice::tests
