#include "http/auth/password_pool.h"

#include <sodium.h>

#include <new>
#include <utility>

#include "base/ensure.h"
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

}  // namespace

struct PasswordPool::Job {
  /// Copies and wipes instead of moving: a moved-from short string keeps its bytes.
  explicit Job(std::string& password_to_take) : password(password_to_take) {
    wipe(password_to_take);
  }
  ~Job() { wipe(password); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  std::string password;
  std::string hash;  // to compare with; empty: an unknown user's
  std::function<void(std::string)> hashed;
  std::function<void(bool)> verified;  // exactly one of the two is set
};

PasswordPool::PasswordPool(PasswordPoolOptions options) : options_(options) {
  require_sodium();
  ENSURE(options_.threads > 0, "a pool without threads would never answer");
  dummy_hash_ = argon2id(random_hex(16), options_.cost);
  if (dummy_hash_.empty()) throw std::bad_alloc();
  threads_.reserve(options_.threads);
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

PasswordPool::~PasswordPool() { stop(); }

bool PasswordPool::hash(std::string password, std::function<void(std::string)> done) {
  auto job = std::make_unique<Job>(password);
  job->hashed = std::move(done);
  return enqueue(std::move(job));
}

bool PasswordPool::verify(std::string hash, std::string password, std::function<void(bool)> done) {
  auto job = std::make_unique<Job>(password);
  job->hash = std::move(hash);
  job->verified = std::move(done);
  return enqueue(std::move(job));
}

bool PasswordPool::enqueue(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= options_.queue_max) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void PasswordPool::work() {
  while (true) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    run(*job);
  }
}

void PasswordPool::run(Job& job) const {
  if (job.hashed) {
    job.hashed(argon2id(job.password, options_.cost));
    return;
  }
  const bool known = !job.hash.empty();
  const bool matches = argon2id_matches(known ? job.hash : dummy_hash_, job.password);
  job.verified(known && matches);
}

void PasswordPool::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace boxoffice::http::auth
