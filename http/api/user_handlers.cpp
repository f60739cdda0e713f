#include <stdexcept>

#include "base/ip_address.h"
#include "http/api/handlers.h"
#include "http/api/render.h"
#include "http/api/traffic.h"
#include "http/server/one_shot.h"
#include "http/server/server.h"

namespace boxoffice::http::api {

namespace domain = engine::domain;

namespace {

constexpr std::string_view too_many_failures =
    "Too many failed logins. Please wait before you try again.";
constexpr Busy pool_is_busy{"Too many people are logging in. Please try again.", "passwords_busy"};

// They wait on the password pool and go on on the connection's own thread. Empty: the pool is full
// (or out of memory), nothing was done.

using Registration = std::optional<Result<domain::RegisterUser>>;

// Encrypts on the pool's thread, too: the key may have to be written to disk first.
Task<Registration> seal_registration(Call& call, RegisterRequest& request) {
  OneShot<Registration> sealed;
  const bool accepted = call.services->passwords.hash(
      std::string(request.password),
      [sealed, io = call.request.io, personal = &call.services->personal,
       person = personal::Person{.email = std::move(request.email),
                                 .password_hash = {},
                                 .first_name = std::move(request.first_name),
                                 .last_name = std::move(request.last_name)}](std::string hash) {
        Registration registration;
        if (!hash.empty()) {
          personal::Person hashed = person;
          hashed.password_hash = std::move(hash);
          registration = personal->seal(hashed);
        }
        io->post(
            [sealed, registration = std::move(registration)] { sealed.complete(registration); });
      });
  if (!accepted) co_return std::nullopt;
  auto registration = co_await sealed;
  co_return registration;
}

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

// Keys that cannot be read or written: the connection answers 500 and logs why.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(result).value();
}

// Who it is; none when the key was destroyed.
template <class Record>
std::optional<personal::Person> open_person(const Call& call, const Record& record) {
  return value_or_throw(call.services->personal.open(record));
}

User render(personal::Person person, UserId id, Instant created_at) {
  return {.email = std::move(person.email),
          .first_name = std::move(person.first_name),
          .last_name = std::move(person.last_name),
          .id = id,
          .created_at = created_at};
}

// As they are now; none when they were erased.
std::optional<User> user_now(const Call& call, UserId user_id) {
  const auto view = call.models().user(user_id);
  if (!view) return std::nullopt;
  auto person = open_person(call, *view);
  if (!person) return std::nullopt;
  return render(*std::move(person), user_id, view->created_at);
}

// Whether certainly nothing in the log is encrypted with the key that a registration drew.
bool key_is_unused(const Outcome& outcome) {
  if (outcome.failed) return outcome.nothing_was_done;
  return outcome.replayed || outcome.refused() != nullptr;
}

auth::LoginOrigin origin_of(const Call& call, const Fingerprint& email) {
  const IpAddress& address = call.exchange->address;
  // Behind a proxy on the same machine that is not trusted, the loopback is everybody.
  if (address.is_loopback()) return {.account = email, .address = std::nullopt};
  const auto& fingerprints = call.services->fingerprints;
  const std::string client = std::to_string(address.client());
  return {.account = email,
          .address = auth::LoginOrigin::Address{
              .alone = fingerprints.of({"login from", client}),
              .with_account = fingerprints.of({"login of", to_hex(email.bytes), client})}};
}

// A hash with the parameters of another time, which is to be replaced.
struct OutdatedHash {
  std::string password;
  UserId user_id;
  UserKeyId key;
  std::uint64_t changes;  // of auth::PasswordChanges, before the hash was read
};

// Goes on by itself, after the answer: a login waits for nothing of it, and what fails is done at
// the next one. Whoever asked has proved the password, so it is they who change it.
void replace(const Call& call, OutdatedHash outdated) {
  const Services* services = call.services;
  if (!services->has_space()) return;
  // A full pool has better things to do.
  static_cast<void>(services->passwords.hash(
      std::move(outdated.password),
      [services, user_id = outdated.user_id, key = outdated.key, changes = outdated.changes,
       request_id = call.request_id()](const std::string& hash) {
        if (hash.empty()) return;
        auto sealed = services->personal.seal(key, personal::Field::password_hash, hash);
        if (!sealed) services->alarm("a password's new hash is not kept: " + sealed.error().text);
        if (!sealed || !sealed.value()) return;
        services->password_changes.if_none_since(changes, [&] {
          static_cast<void>(services->engine.submit(
              {.command = domain::ChangeUser{.user_id = user_id,
                                             .password_hash = *std::move(sealed).value(),
                                             .first_name = std::nullopt,
                                             .last_name = std::nullopt},
               .actor = {.kind = events::ActorKind::user, .user_id = user_id},
               .cause = request_id}));
        });
      }));
}

Response wrong_credentials() { return unauthorized(ProblemCode::login_failed); }
Response nobody() { return unauthorized(ProblemCode::token_invalid); }

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

Task<Response> register_user(Call& call, Body<RegisterRequest> request) {
  RegisterRequest& r = request.value;
  if (auto wrong = check_password(r.password)) co_return *std::move(wrong);
  const std::string open_body =
      json::to_json(std::vector<std::string>{r.email, r.first_name, r.last_name});
  if (auto unusable = call.claim_key({}, open_body)) co_return *std::move(unusable);
  if (!call.services->has_space()) co_return problem(ProblemCode::disk_full);
  auto sealing = seal_registration(call, r);
  auto sealed = co_await std::move(sealing);
  if (!sealed) co_return busy(pool_is_busy);
  if (!*sealed && sealed->error().kind == FaultKind::no_space)
    co_return problem(ProblemCode::disk_full);
  domain::RegisterUser command = value_or_throw(*std::move(sealed));
  const UserKeyName drawn = command.key;
  const Fingerprint email = command.email_fingerprint;
  auto submitted = submit(call, std::move(command));
  const auto outcome = co_await std::move(submitted);
  if (key_is_unused(outcome)) call.services->personal.give_back(drawn);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto& registered = *outcome.find<events::UserRegistered>();
  auto person = open_person(call, registered);
  if (outcome.replayed) {
    // The key is remembered without the password, so this is a login, which could be guessed at.
    auto attempt = call.services->logins.begin(origin_of(call, email), call.services->clock.now());
    if (attempt.wait() > Duration()) co_return too_many_requests(too_many_failures, attempt.wait());
    // Erased meanwhile: no password is the right one.
    auto matching = password_matches(call, person ? person->password_hash : std::string(),
                                     std::move(r.password));
    const auto matches = co_await std::move(matching);
    if (!matches) {
      attempt.withdraw();
      co_return busy(pool_is_busy);
    }
    if (*matches) attempt.succeeded();
    if (!*matches) co_return person ? key_reused() : wrong_credentials();
  }
  const auto now = call.models().user(registered.user_id);
  if (!now || !person || now->password_hash != registered.password_hash) {
    co_return wrong_credentials();
  }
  co_return token_answer(call, outcome,
                         render(*std::move(person), registered.user_id, outcome.time()));
}

Task<Response> log_in(Call& call, Body<LoginRequest> request) {
  LoginRequest& r = request.value;
  if (auto unusable = call.claim_key({}, r.email)) co_return *std::move(unusable);
  const Fingerprint email = call.services->personal.fingerprint_of_email(r.email);
  // Before anything that an account that exists could be told by.
  auto attempt = call.services->logins.begin(origin_of(call, email), call.services->clock.now());
  if (attempt.wait() > Duration()) co_return too_many_requests(too_many_failures, attempt.wait());
  const auto changes = call.services->password_changes.none_under_way();
  const auto view = call.models().user(email);
  auto person = view ? open_person(call, *view) : std::nullopt;
  std::optional<OutdatedHash> outdated;
  if (person && changes && !call.services->passwords.has_todays_cost(person->password_hash)) {
    outdated = OutdatedHash{r.password, view->user_id, view->key, *changes};
  }
  // An unknown address costs the same time as a wrong password: the pool compares with a dummy.
  auto matching = password_matches(call, person ? std::move(person->password_hash) : std::string(),
                                   std::move(r.password));
  const auto matches = co_await std::move(matching);
  if (!matches) {
    attempt.withdraw();
    co_return busy(pool_is_busy);
  }
  if (*matches) attempt.succeeded();
  auto submitted = submit(call, domain::LogIn{.user_id = person ? view->user_id : UserId(),
                                              .password_matches = *matches});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  // The password may have been changed since the first answer: only the present one opens.
  if (!*matches) co_return wrong_credentials();
  auto user = user_now(call, outcome.find<events::UserLoggedIn>()->user_id);
  if (!user) co_return wrong_credentials();  // erased just now
  if (outdated) replace(call, *std::move(outdated));
  co_return token_answer(call, outcome, *std::move(user));
}

Task<Response> get_me(Call& call) {
  const auto user = user_now(call, call.user->user_id);
  co_return user ? call.read_answer(json_response(*user)) : nobody();
}

Task<Response> change_me(Call& call, Body<UserChangeRequest> request) {
  UserChangeRequest& r = request.value;
  std::optional<std::string> password_hash;
  std::optional<auth::PasswordChanges::Change> change;  // until the read models show it
  if (r.password) {
    change.emplace(call.services->password_changes);
    if (auto wrong = check_password(*r.password)) co_return *std::move(wrong);
    auto hashing = hash_password(call, *r.password);
    password_hash = co_await std::move(hashing);
    if (!password_hash) co_return busy(pool_is_busy);
  }
  const auto seal = [&](personal::Field field, const auto& text) {
    return text ? value_or_throw(call.services->personal.seal(call.user->key, field, *text))
                : std::nullopt;
  };
  if (!value_or_throw(call.services->personal.open(*call.user))) co_return nobody();
  domain::ChangeUser command{.user_id = call.user->user_id,
                             .password_hash = seal(personal::Field::password_hash, password_hash),
                             .first_name = seal(personal::Field::first_name, r.first_name),
                             .last_name = seal(personal::Field::last_name, r.last_name)};
  auto submitted = submit(call, std::move(command));
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  const auto user = user_now(call, call.user->user_id);
  co_return user ? call.command_answer(outcome, json_response(*user)) : nobody();
}

// The key is destroyed before the answer leaves: tools/house.cpp does it when the event is durable.
Task<Response> erase_me(Call& call) {
  auto submitted = submit(call, domain::EraseUser{call.user->user_id});
  const auto outcome = co_await std::move(submitted);
  if (auto refused = call.refusal(outcome)) co_return *std::move(refused);
  co_return call.command_answer(outcome, json_response(Deleted{true, call.user->user_id.value}));
}

}  // namespace boxoffice::http::api
