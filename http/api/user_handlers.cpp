#include "base/ensure.h"
#include "http/api/handlers.h"
#include "http/api/render.h"
#include "http/server/one_shot.h"
#include "http/server/server.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

constexpr std::string_view pool_is_busy = "Too many people are logging in. Please try again.";

// Both wait on the password pool and go on on the connection's own thread. Empty: the pool is full
// (or out of memory), nothing was done.

Task<std::optional<std::string>> hash_password(Call& call, std::string password) {
  OneShot<std::string> hashed;
  IoThread* io = call.request.io;
  const bool accepted =
      call.services->passwords.hash(std::move(password), [hashed, io](std::string hash) {
        io->post([hashed, hash = std::move(hash)] { hashed.complete(hash); });
      });
  if (!accepted) co_return std::nullopt;
  std::string hash = co_await hashed;
  if (hash.empty()) co_return std::nullopt;
  co_return std::optional<std::string>(std::move(hash));
}

Task<std::optional<bool>> password_matches(Call& call, std::string hash, std::string password) {
  OneShot<bool> checked;
  IoThread* io = call.request.io;
  const bool accepted = call.services->passwords.verify(
      std::move(hash), std::move(password),
      [checked, io](bool matches) { io->post([checked, matches] { checked.complete(matches); }); });
  if (!accepted) co_return std::nullopt;
  const bool matches = co_await checked;
  co_return std::optional<bool>(matches);
}

Response token_answer(const Call& call, const Outcome& outcome, User user) {
  std::string token = call.services->tokens.issue(user.email, user.id, call.services->clock.now());
  return call.command_answer(outcome, json_response(Token{.access_token = std::move(token),
                                                          .token_type = "bearer",
                                                          .user = std::move(user)}));
}

// A password's size is limited in bytes, as it is hashed.
std::optional<Response> check_password(std::string_view password) {
  constexpr std::size_t bytes_max = 128;
  if (password.size() <= bytes_max) return std::nullopt;
  return invalid_member("password", "Value error, a password has at most 128 bytes", "null");
}

}  // namespace

Task<Response> register_user(Call call, Body<RegisterRequest> request) {
  RegisterRequest& r = request.value;
  if (auto wrong = check_password(r.password)) co_return *std::move(wrong);
  if (auto unusable = call.claim_key({})) co_return *std::move(unusable);
  auto hashing = hash_password(call, r.password);
  auto hash = co_await std::move(hashing);
  if (!hash) co_return busy(pool_is_busy);
  auto submitted = submit(call, domain::RegisterUser{.email = std::move(r.email),
                                                     .password_hash = *std::move(hash),
                                                     .first_name = std::move(r.first_name),
                                                     .last_name = std::move(r.last_name)});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto* registered = outcome.find<events::UserRegistered>();
  const auto now = call.models().user(registered->user_id);
  if (outcome.replayed && (!now || now->password_hash != registered->password_hash)) {
    co_return unauthorized("Incorrect email or password");  // changed since the first answer
  }
  co_return token_answer(call, outcome,
                         User{.email = registered->email,
                              .first_name = registered->first_name,
                              .last_name = registered->last_name,
                              .id = registered->user_id,
                              .created_at = outcome.time()});
}

Task<Response> log_in(Call call, Body<LoginRequest> request) {
  LoginRequest& r = request.value;
  if (auto unusable = call.claim_key({})) co_return *std::move(unusable);
  const auto user = call.models().user(r.email);
  // An unknown address costs the same time as a wrong password: the pool compares with a dummy.
  auto matching = password_matches(call, user ? user->password_hash : std::string(), r.password);
  const auto matches = co_await std::move(matching);
  if (!matches) co_return busy(pool_is_busy);
  auto submitted = submit(call, domain::LogIn{.user_id = user ? user->user_id : UserId(),
                                              .password_matches = *matches});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  // The password may have been changed since the first answer: only the present one opens.
  if (!*matches) co_return unauthorized("Incorrect email or password");
  const auto known = call.models().user(outcome.find<events::UserLoggedIn>()->user_id);
  ENSURE(known.has_value(), "who logs in can be read");
  co_return token_answer(call, outcome, render(*known));
}

Task<Response> get_me(Call call) { co_return call.read_answer(json_response(render(*call.user))); }

Task<Response> change_me(Call call, Body<UserChangeRequest> request) {
  UserChangeRequest& r = request.value;
  domain::ChangeUser command{.user_id = call.user->user_id,
                             .password_hash = std::nullopt,
                             .first_name = std::nullopt,
                             .last_name = std::nullopt};
  if (r.first_name) command.first_name = *std::move(r.first_name);
  if (r.last_name) command.last_name = *std::move(r.last_name);
  if (r.password) {
    if (auto wrong = check_password(*r.password)) co_return *std::move(wrong);
    auto hashing = hash_password(call, *r.password);
    command.password_hash = co_await std::move(hashing);
    if (!command.password_hash) co_return busy(pool_is_busy);
  }
  auto submitted = submit(call, std::move(command));
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto user = call.models().user(call.user->user_id);
  ENSURE(user.has_value(), "a changed user can be read");
  co_return call.command_answer(outcome, json_response(render(*user)));
}

}  // namespace boxoffice::http::api
