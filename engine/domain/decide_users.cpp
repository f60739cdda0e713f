#include "engine/domain/ladders.h"

namespace boxoffice::engine::domain {

Decision decide_on(const State& state, const RegisterUser& c, const Context&) {
  if (state.users_by_email.contains(c.email_fingerprint)) return refuse(Refusal::email_taken);
  return accept(events::UserRegistered{.user_id = state.next_user,
                                       .key = c.key.id,
                                       .key_check = c.key.check,
                                       .email_fingerprint = c.email_fingerprint,
                                       .email = c.email,
                                       .password_hash = c.password_hash,
                                       .first_name = c.first_name,
                                       .last_name = c.last_name});
}

Decision decide_on(const State& state, const ChangeUser& c, const Context&) {
  if (!state.users.contains(c.user_id)) return refuse(Refusal::user_not_found);
  return accept(events::UserChanged{.user_id = c.user_id,
                                    .password_hash = c.password_hash,
                                    .first_name = c.first_name,
                                    .last_name = c.last_name});
}

Decision decide_on(const State& state, const ChangeUserRole& c, const Context&) {
  if (!state.users.contains(c.user_id)) return refuse(Refusal::user_not_found);
  return accept(events::UserRoleChanged{.user_id = c.user_id, .role = c.role});
}

// An unknown address and a wrong password are one refusal: nobody can ask who has an account.
Decision decide_on(const State& state, const LogIn& c, const Context&) {
  if (!state.users.contains(c.user_id) || !c.password_matches) {
    return refuse(Refusal::wrong_credentials);
  }
  return accept(events::UserLoggedIn{c.user_id});
}

Decision decide_on(const State& state, const EraseUser& c, const Context&) {
  const User* user = find_or_null(state.users, c.user_id);
  if (user == nullptr) return refuse(Refusal::user_not_found);
  return accept(events::UserErased{.user_id = c.user_id, .key = user->key.id});
}

}  // namespace boxoffice::engine::domain
