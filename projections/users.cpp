#include "projections/users.h"

// Rows:  'u' user              -> UserView
//        'e' email_fingerprint -> UserId

namespace boxoffice::projections {

namespace {

std::string user_key(UserId user) { return row_key('u', user); }
std::string address_key(const Fingerprint& email) {
  return std::string("e").append(reinterpret_cast<const char*>(email.bytes.data()),
                                 email.bytes.size());
}

struct UserFold {
  const events::Event& event;
  Rows& rows;

  Result<void> operator()(const events::UserRegistered& e) const {
    rows.put(user_key(e.user_id), UserView{.user_id = e.user_id,
                                           .key = e.key,
                                           .email_fingerprint = e.email_fingerprint,
                                           .email = e.email,
                                           .password_hash = e.password_hash,
                                           .first_name = e.first_name,
                                           .last_name = e.last_name,
                                           .role = events::Role::user,
                                           .created_at = event.time});
    rows.put(address_key(e.email_fingerprint), e.user_id);
    return success();
  }

  Result<void> operator()(const events::UserChanged& e) const {
    return change(e.user_id, [&](UserView& user) {
      if (e.password_hash) user.password_hash = *e.password_hash;
      if (e.first_name) user.first_name = *e.first_name;
      if (e.last_name) user.last_name = *e.last_name;
    });
  }

  Result<void> operator()(const events::UserRoleChanged& e) const {
    return change(e.user_id, [&](UserView& user) { user.role = e.role; });
  }

  Result<void> operator()(const events::UserErased& e) const {
    TRY(const auto user, rows.find<UserView>(user_key(e.user_id)));
    if (!user) return unknown("user", e.user_id);
    rows.erase(address_key(user->email_fingerprint));
    rows.erase(user_key(e.user_id));
    return success();
  }

  template <class Other>
  Result<void> operator()(const Other&) const {
    return success();
  }

  template <class Change>
  Result<void> change(UserId user_id, Change&& apply) const {
    TRY(auto user, rows.find<UserView>(user_key(user_id)));
    if (!user) return unknown("user", user_id);
    apply(*user);
    rows.put(user_key(user_id), *user);
    return success();
  }
};

}  // namespace

Result<void> Users::fold(const events::Event& event, Rows& rows) {
  return std::visit(UserFold{event, rows}, event.body);
}

std::optional<UserView> Users::user(UserId user_id) const {
  return value_or_throw(table_.find<UserView>(user_key(user_id)));
}

std::optional<UserView> Users::user(const Fingerprint& email) const {
  const auto user_id = value_or_throw(table_.find<UserId>(address_key(email)));
  return user_id ? user(*user_id) : std::nullopt;
}

}  // namespace boxoffice::projections
