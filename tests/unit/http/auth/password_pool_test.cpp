#include "http/auth/password_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <future>
#include <memory>

namespace boxoffice::http::auth {
namespace {

constexpr PasswordCost least_cost{.passes = 1, .memory_bytes = 8192};

PasswordPoolOptions quick(std::size_t threads = 2, std::size_t queue_max = 64) {
  return {.cost = least_cost, .threads = threads, .queue_max = queue_max};
}

std::string hash_of(PasswordPool& pool, const std::string& password) {
  std::promise<std::string> promise;
  EXPECT_TRUE(pool.hash(password, [&](std::string hash) { promise.set_value(std::move(hash)); }));
  return promise.get_future().get();
}

bool matches(PasswordPool& pool, const std::string& hash, const std::string& password) {
  std::promise<bool> promise;
  EXPECT_TRUE(pool.verify(hash, password, [&](bool ok) { promise.set_value(ok); }));
  return promise.get_future().get();
}

/// Keeps a pool's only thread busy until it is released, so that what is queued stays queued.
class Blocker {
 public:
  explicit Blocker(PasswordPool& pool) {
    EXPECT_TRUE(pool.hash(
        "blocker", [started = &started_, go = release_.get_future().share()](std::string) mutable {
          started->set_value();
          go.wait();
        }));
    started_.get_future().wait();
  }
  ~Blocker() {
    if (!released_) release();
  }
  void release() {
    released_ = true;
    release_.set_value();
  }

 private:
  std::promise<void> started_;
  std::promise<void> release_;
  bool released_ = false;
};

TEST(PasswordPool, a_hash_matches_its_password_only) {
  PasswordPool pool(quick());
  const std::string hash = hash_of(pool, "password123");
  EXPECT_TRUE(matches(pool, hash, "password123"));
  EXPECT_FALSE(matches(pool, hash, "password124"));
  EXPECT_FALSE(matches(pool, hash, "password12"));
  EXPECT_FALSE(matches(pool, hash, ""));
  EXPECT_FALSE(matches(pool, hash, std::string("password123\0", 12)));
}

TEST(PasswordPool, a_hash_names_its_algorithm_and_cost_and_has_a_salt) {
  PasswordPool pool({.cost = {.passes = 2, .memory_bytes = 64 * 1024}, .threads = 1});
  const std::string hash = hash_of(pool, "password123");
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=64,t=2,p=1$", 0), 0u) << hash;
  EXPECT_NE(hash, hash_of(pool, "password123"));
}

TEST(PasswordPool, the_default_cost_is_19_mib_and_two_passes) {
  PasswordPool pool({.threads = 1});
  const std::string hash = hash_of(pool, "password123");
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0u) << hash;
  EXPECT_TRUE(matches(pool, hash, "password123"));
}

TEST(PasswordPool, hashes_of_another_cost_are_compared_too) {
  PasswordPool costly({.cost = {.passes = 3, .memory_bytes = 64 * 1024}, .threads = 1});
  PasswordPool pool(quick());
  const std::string hash = hash_of(costly, "password123");
  EXPECT_TRUE(matches(pool, hash, "password123"));
  EXPECT_FALSE(matches(pool, hash, "password124"));
}

TEST(PasswordPool, knows_hashes_that_were_made_with_another_cost) {
  PasswordPool pool(quick());
  EXPECT_TRUE(pool.has_todays_cost(hash_of(pool, "password123")));
  for (const PasswordCost cost : {PasswordCost{.passes = 2, .memory_bytes = 8192},
                                  PasswordCost{.passes = 1, .memory_bytes = 16384}}) {
    PasswordPool other({.cost = cost, .threads = 1});
    EXPECT_FALSE(pool.has_todays_cost(hash_of(other, "password123")));
    EXPECT_FALSE(other.has_todays_cost(hash_of(pool, "password123")));
  }
  EXPECT_FALSE(pool.has_todays_cost(""));
}

TEST(PasswordPool, a_malformed_hash_matches_nothing) {
  PasswordPool pool(quick());
  for (const char* hash : {"x", "$argon2id$", "password123", "$2b$12$abcdefghijklmnopqrstuv",
                           "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"}) {
    EXPECT_FALSE(matches(pool, hash, "password123")) << hash;
  }
}

TEST(PasswordPool, an_unknown_user_matches_nothing) {
  PasswordPool pool(quick());
  EXPECT_FALSE(matches(pool, "", "password123"));
  EXPECT_FALSE(matches(pool, "", ""));
}

TEST(PasswordPool, an_unknown_user_costs_a_whole_comparison) {
  // Processor time, which other programs on the machine do not stretch: of some 20 ms for a
  // comparison, an answer without one takes some 20 us.
  PasswordPool pool({.cost = {.passes = 4, .memory_bytes = 4 * 1024 * 1024}, .threads = 1});
  const std::string hash = hash_of(pool, "password123");
  const auto work_of = [&](const std::string& with_hash) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < 5; ++i) matches(pool, with_hash, "wrong");
    return std::clock() - start;
  };
  const std::clock_t known = work_of(hash);
  const std::clock_t unknown = work_of("");
  EXPECT_GT(unknown, known / 4);
}

TEST(PasswordPool, says_no_when_the_queue_is_full_and_yes_when_there_is_room_again) {
  PasswordPool pool(quick(1, 3));
  std::atomic<int> answered = 0;
  {
    Blocker blocker(pool);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.verify("", "x", [&](bool) { ++answered; }));
    EXPECT_FALSE(pool.verify("", "x", [&](bool) { answered += 100; }));
    EXPECT_FALSE(pool.hash("x", [&](std::string) { answered += 100; }));
    EXPECT_EQ(answered, 0);
  }
  // First in, first out on one thread: when this is answered, so are the three.
  while (!pool.verify("", "x", [&](bool) { ++answered; })) std::this_thread::yield();
  pool.stop();
  EXPECT_EQ(answered, 4);
}

TEST(PasswordPool, stop_works_off_what_was_accepted_and_takes_no_more) {
  PasswordPool pool(quick(1));
  std::atomic<int> answered = 0;
  Blocker blocker(pool);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(pool.hash("x", [&](std::string) { ++answered; }));
  std::thread stopper([&] { pool.stop(); });
  // stop() waits for the blocked thread. Jobs are accepted until it has begun or the queue is full.
  int accepted = 20;
  while (pool.hash("x", [&](std::string) { ++answered; })) ++accepted;
  blocker.release();
  stopper.join();
  EXPECT_EQ(answered, accepted);
  EXPECT_FALSE(pool.hash("x", [&](std::string) { ++answered; }));
  EXPECT_FALSE(pool.verify("", "x", [&](bool) { ++answered; }));
  pool.stop();
  EXPECT_EQ(answered, accepted);
}

TEST(PasswordPool, the_destructor_answers_every_accepted_job) {
  std::atomic<int> answered = 0;
  int accepted = 0;
  {
    PasswordPool pool(quick());
    for (int i = 0; i < 50; ++i) {
      if (pool.hash("x", [&](std::string) { ++answered; })) ++accepted;
    }
  }
  EXPECT_GT(accepted, 0);
  EXPECT_EQ(answered, accepted);
}

TEST(PasswordPool, many_callers_at_once_each_get_their_own_answer) {
  PasswordPool pool(quick(2, 1000));
  const std::string hash = hash_of(pool, "right");
  std::atomic<int> right = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        EXPECT_TRUE(pool.verify(hash, "right", [&](bool ok) { right += ok ? 1 : 0; }));
        EXPECT_TRUE(pool.verify(hash, "wrong", [&](bool ok) { wrong += ok ? 0 : 1; }));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  pool.stop();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(wrong, 100);
}

}  // namespace
}  // namespace boxoffice::http::auth
