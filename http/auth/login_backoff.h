// Slows down who guesses passwords: after some failed logins each further try has to wait.
//
// Failures are counted for the account (whether it exists or not) and for the address that they
// come from. Up to `free_failures` nobody waits. From then on the next try must come `first_wait`
// after the last one, then twice that, and so on up to `wait_max`; one that comes earlier is
// refused before its password is looked at, and does not count. `forget_after` the last try of an
// account or address that was let through, all its failures are forgotten.
//
//   5 failures of an account      a second, 2, 4, 8, 16, 32 s, and so on every 32 s: some 2,700
//                                 guesses a day, from wherever they come
//   20 failures from an address   a second, 2, 4, ... 64 s
//
// Tries that are still being looked at are not known to be failures, but together with those that
// are, there may be `unsettled_max`: a thousand guesses at once are twenty guesses, after which an
// account is at its longest wait. Once it has to wait, there is one try at a time.
//
// A success takes the failures of its account back, but not those of its address, whose owner may
// have an account of their own to succeed with now and then.
//
// Nobody can lock an owner out: an address from which an account has logged in before has counts
// of its own with that account, and is held up neither by what strangers do to the account nor by
// whom it shares the address with. Who comes from a new address while their account is being
// guessed at competes with those who guess, once in `wait_max`.
//
// What it remembers is lost with the process, and is bounded: when there are more accounts and
// addresses than `entries_max`, those that were quiet for longest are forgotten.
//
// Threads: any. A LoginTry must not outlive its LoginBackoff.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "http/auth/recent_entries.h"

namespace boxoffice::http::auth {

/// REQUIRES: at least one free failure, and as many unsettled tries; first_wait above zero, at most
/// wait_max.
struct BackoffSteps {
  int free_failures = 1;
  int unsettled_max = 1;  ///< failures, and tries that may become some
  Duration first_wait{};
  Duration wait_max{};
};

struct LoginBackoffOptions {
  BackoffSteps account{.free_failures = 5,
                       .unsettled_max = 20,
                       .first_wait = std::chrono::seconds(1),
                       .wait_max = std::chrono::seconds(32)};
  BackoffSteps address{.free_failures = 20,
                       .unsettled_max = 64,
                       .first_wait = std::chrono::seconds(1),
                       .wait_max = std::chrono::seconds(64)};
  Duration forget_after = std::chrono::minutes(15);
  std::size_t entries_max = 16'384;  ///< of failures, and as many of successes: some 4 MB in all
};

/// Who tries to log in. Keyed fingerprints, so that nobody can aim at another's entry.
struct LoginOrigin {
  Fingerprint account;
  /// Not set: failures of the address are not counted, nor are its successes remembered.
  struct Address {
    Fingerprint alone;
    Fingerprint with_account;  ///< of both together
  };
  std::optional<Address> address;
};

class LoginBackoff;

/// One try. Unless it is told otherwise it has failed, also when it is just dropped.
class LoginTry {
 public:
  LoginTry(LoginTry&& other) noexcept
      : backoff_(std::exchange(other.backoff_, nullptr)),
        origin_(other.origin_),
        parts_(std::move(other.parts_)),
        wait_(other.wait_) {}
  LoginTry& operator=(LoginTry&&) = delete;
  ~LoginTry() { end(Ending::failed); }

  /// Above zero: it came too early, must not go on, and may come again after that.
  Duration wait() const { return wait_; }
  void succeeded() { end(Ending::succeeded); }
  /// Whether the password is right was not found out: it counts for nothing.
  void withdraw() { end(Ending::withdrawn); }

 private:
  friend class LoginBackoff;
  enum class Ending { failed, succeeded, withdrawn };

  struct Part {  // of the counts that it is in
    Fingerprint key;
    const BackoffSteps* steps;
    std::uint64_t number = 0;  // of the tries of that count
  };

  LoginTry(LoginBackoff* backoff, const LoginOrigin& origin, std::vector<Part> parts)
      : backoff_(backoff), origin_(origin), parts_(std::move(parts)) {}
  explicit LoginTry(Duration wait) : backoff_(nullptr), wait_(wait) {}
  void end(Ending ending);

  LoginBackoff* backoff_;  // null when it has ended
  LoginOrigin origin_{};
  std::vector<Part> parts_;  // the account's first
  Duration wait_{};
};

class LoginBackoff {
 public:
  explicit LoginBackoff(LoginBackoffOptions options);

  /// To be asked before the password is looked at; `now` never goes back by much.
  [[nodiscard]] LoginTry begin(const LoginOrigin& origin, Instant now);

 private:
  friend class LoginTry;
  struct Count {
    int failures = 0;   // that are known
    int in_flight = 0;  // tries that have not ended
    Instant next{};     // when the next may come, if there were too many
    Instant last{};     // when the last was let through
    std::uint64_t tries = 0;
  };
  struct Known {};  // an address with an account that has succeeded from there

  using Part = LoginTry::Part;
  std::vector<Part> parts_of(const LoginOrigin& origin);
  Duration wait_of(const Part& part, Instant now);
  static bool has_to_wait(const Count& count, const BackoffSteps& steps);
  void end(const LoginTry& attempt, LoginTry::Ending ending);
  void take_back(const Part& part, Count& count);

  const LoginBackoffOptions options_;
  std::mutex mutex_;
  RecentEntries<Count> counts_;
  RecentEntries<Known> known_;
};

}  // namespace boxoffice::http::auth
