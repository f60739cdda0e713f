#include "http/auth/password_pool.h"

#include <sodium.h>

#include <memory>
#include <new>
#include <utility>

#include "http/auth/primitives.h"
#include "http/auth/random.h"

namespace boxoffice::http::auth {

namespace {

void wipe(std::string& text) { sodium_memzero(text.data(), text.size()); }

/// Empty when the memory could not be had.
std::string argon2id(const std::string& password, const PasswordCost& cost) {
  char hash[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_argon2id_str(hash, password.data(), password.size(), cost.passes,
                                                cost.memory_bytes);
  return failed == 0 ? std::string(hash) : std::string();
}

bool argon2id_matches(const std::string& hash, const std::string& password) {
  return crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

/// A password on its way to a thread of the pool.
class Password {
 public:
  /// Copies and wipes instead of moving: a moved-from short string keeps its bytes.
  explicit Password(std::string& to_take) : text_(to_take) { wipe(to_take); }
  ~Password() { wipe(text_); }
  Password(const Password&) = delete;
  Password& operator=(const Password&) = delete;

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string dummy_hash(const PasswordCost& cost) {
  require_sodium();
  std::string hash = argon2id(random_hex(16), cost);
  if (hash.empty()) throw std::bad_alloc();
  return hash;
}

}  // namespace

PasswordPool::PasswordPool(PasswordPoolOptions options)
    : cost_(options.cost),
      dummy_hash_(dummy_hash(cost_)),
      workers_("passwords", options.threads, options.queue_max) {}

bool PasswordPool::hash(std::string password, std::function<void(std::string)> done) {
  return workers_.submit([this, taken = std::make_shared<const Password>(password),
                          done = std::move(done)] { done(argon2id(taken->text(), cost_)); });
}

bool PasswordPool::verify(std::string hash, std::string password, std::function<void(bool)> done) {
  return workers_.submit([this, hash = std::move(hash),
                          taken = std::make_shared<const Password>(password),
                          done = std::move(done)] {
    const bool known = !hash.empty();
    const bool matches = argon2id_matches(known ? hash : dummy_hash_, taken->text());
    done(known && matches);
  });
}

bool PasswordPool::has_todays_cost(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) == 0;
}

}  // namespace boxoffice::http::auth
