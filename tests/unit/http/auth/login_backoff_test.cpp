#include "http/auth/login_backoff.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace boxoffice::http::auth {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Fingerprint named(std::uint8_t kind, std::uint32_t number) {
  Fingerprint f;
  f.bytes[0] = kind;
  for (std::size_t i = 0; i < 4; ++i) {
    f.bytes[1 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return f;
}

/// Account `account` from address `address`, which are numbers here.
LoginOrigin from(std::uint32_t account, std::uint32_t address) {
  Fingerprint both = named(3, account);
  for (std::size_t i = 0; i < 4; ++i) {
    both.bytes[8 + i] = static_cast<std::uint8_t>(address >> (8 * i));
  }
  return {.account = named(1, account),
          .address = LoginOrigin::Address{.alone = named(2, address), .with_account = both}};
}
LoginOrigin from_nowhere(std::uint32_t account) {
  return {.account = named(1, account), .address = std::nullopt};
}

/// A backoff and a clock. Each of fails() and succeeds() is one whole try, and says how long it had
/// to wait instead.
class LoginBackoffTest : public ::testing::Test {
 protected:
  Duration fails(const LoginOrigin& origin) { return backoff_.begin(origin, now_).wait(); }
  Duration succeeds(const LoginOrigin& origin) {
    LoginTry attempt = backoff_.begin(origin, now_);
    attempt.succeeded();
    return attempt.wait();
  }
  void fails_times(const LoginOrigin& origin, int times) {
    for (int i = 0; i < times; ++i) ASSERT_EQ(fails(origin), Duration()) << i;
  }
  void passes(Duration time) { now_ = now_ + time; }

  LoginBackoff backoff_{LoginBackoffOptions{}};
  Instant now_{1'800'000'000'000'000};
};

constexpr Duration none{};

TEST_F(LoginBackoffTest, a_few_wrong_passwords_never_meet_it) {
  for (int day = 0; day < 10; ++day) {
    fails_times(from(1, 1), 4);
    EXPECT_EQ(succeeds(from(1, 1)), none);
  }
}

TEST_F(LoginBackoffTest, after_five_failures_of_an_account_each_try_waits_twice_as_long) {
  fails_times(from_nowhere(1), 5);
  for (const int wait : {1, 2, 4, 8, 16, 32, 32, 32}) {
    EXPECT_EQ(fails(from_nowhere(1)), seconds(wait));
    passes(seconds(wait) - Duration(1));
    EXPECT_EQ(fails(from_nowhere(1)), Duration(1));
    passes(Duration(1));
    ASSERT_EQ(fails(from_nowhere(1)), none) << wait;
  }
}

TEST_F(LoginBackoffTest, a_try_that_came_too_early_does_not_count) {
  fails_times(from_nowhere(1), 5);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(fails(from_nowhere(1)), seconds(1));
  passes(seconds(1));
  EXPECT_EQ(fails(from_nowhere(1)), none);
}

TEST_F(LoginBackoffTest, the_right_password_has_to_wait_too_and_then_ends_it) {
  fails_times(from_nowhere(1), 5);
  EXPECT_EQ(succeeds(from_nowhere(1)), seconds(1));
  passes(seconds(1));
  EXPECT_EQ(succeeds(from_nowhere(1)), none);
  fails_times(from_nowhere(1), 5);
  EXPECT_EQ(fails(from_nowhere(1)), seconds(1));
}

TEST_F(LoginBackoffTest, other_accounts_do_not_wait) {
  fails_times(from(1, 1), 5);
  EXPECT_EQ(fails(from(1, 2)), seconds(1));
  EXPECT_EQ(fails(from(2, 1)), none);
}

TEST_F(LoginBackoffTest, after_twenty_failures_from_an_address_it_waits_whatever_the_account) {
  for (std::uint32_t account = 0; account < 20; ++account) {
    ASSERT_EQ(fails(from(account, 1)), none) << account;
  }
  std::uint32_t account = 20;
  for (const int wait : {1, 2, 4, 8, 16, 32, 64, 64}) {
    EXPECT_EQ(fails(from(++account, 1)), seconds(wait));
    EXPECT_EQ(fails(from(account, 2)), none) << "another address";
    passes(seconds(wait));
    ASSERT_EQ(fails(from(++account, 1)), none) << wait;
  }
}

TEST_F(LoginBackoffTest, successes_with_an_account_of_ones_own_do_not_free_an_address) {
  for (std::uint32_t account = 1; account <= 20; ++account) {
    fails(from(account, 1));
    succeeds(from(100 + account, 1));
  }
  EXPECT_EQ(fails(from(50, 1)), seconds(1));
}

TEST_F(LoginBackoffTest, a_success_is_no_failure_of_its_address) {
  for (std::uint32_t account = 1; account <= 1'000; ++account) {
    ASSERT_EQ(succeeds(from(account, 1)), none) << account;
  }
}

TEST_F(LoginBackoffTest, an_address_that_has_succeeded_is_not_held_up_by_strangers) {
  EXPECT_EQ(succeeds(from(1, 1)), none);
  for (std::uint32_t address = 2; address < 100; ++address) fails(from(1, address));
  EXPECT_GT(fails(from(1, 1'000)), none);
  EXPECT_EQ(succeeds(from(1, 1)), none);
  // Nor by others at its own address.
  for (std::uint32_t account = 2; account < 100; ++account) fails(from(account, 1));
  EXPECT_GT(fails(from(1'000, 1)), none);
  EXPECT_EQ(succeeds(from(1, 1)), none);
  // But it is counted.
  fails_times(from(1, 1), 5);
  EXPECT_EQ(fails(from(1, 1)), seconds(1));
}

TEST_F(LoginBackoffTest, failures_are_forgotten_after_a_while_without_any) {
  fails_times(from(1, 1), 5);
  passes(minutes(15) - Duration(1));
  EXPECT_EQ(fails(from(1, 1)), none) << "its second is over";
  EXPECT_EQ(fails(from(1, 1)), seconds(2));
  passes(minutes(15));
  fails_times(from(1, 1), 5);
  EXPECT_EQ(fails(from(1, 1)), seconds(1));
}

TEST_F(LoginBackoffTest, tries_in_flight_are_bounded_and_then_count_as_what_they_were) {
  std::vector<LoginTry> in_flight;
  for (int i = 0; i < 1'000; ++i) {
    LoginTry attempt = backoff_.begin(from_nowhere(1), now_);
    if (attempt.wait() == none) in_flight.push_back(std::move(attempt));
  }
  EXPECT_EQ(in_flight.size(), 20u);
  in_flight.clear();
  EXPECT_EQ(fails(from_nowhere(1)), seconds(32));
}

TEST_F(LoginBackoffTest, who_has_to_wait_has_one_try_at_a_time) {
  fails_times(from_nowhere(1), 5);
  passes(seconds(1));
  const LoginTry in_flight = backoff_.begin(from_nowhere(1), now_);
  EXPECT_EQ(in_flight.wait(), none);
  EXPECT_EQ(fails(from_nowhere(1)), seconds(2));
}

TEST_F(LoginBackoffTest, tries_in_flight_that_succeed_do_not) {
  for (int round = 0; round < 100; ++round) {
    std::vector<LoginTry> in_flight;
    for (int i = 0; i < 20; ++i) in_flight.push_back(backoff_.begin(from(1, 1), now_));
    for (LoginTry& attempt : in_flight) {
      ASSERT_EQ(attempt.wait(), none);
      attempt.succeeded();
    }
  }
}

TEST_F(LoginBackoffTest, a_try_that_was_not_looked_at_counts_for_nothing) {
  for (int i = 0; i < 100; ++i) {
    LoginTry attempt = backoff_.begin(from(1, 1), now_);
    ASSERT_EQ(attempt.wait(), none);
    attempt.withdraw();
  }
}

TEST_F(LoginBackoffTest, a_withdrawn_try_makes_nobody_wait) {
  fails_times(from_nowhere(1), 5);
  passes(seconds(1));
  for (int i = 0; i < 3; ++i) {
    LoginTry attempt = backoff_.begin(from_nowhere(1), now_);
    ASSERT_EQ(attempt.wait(), none) << i;
    attempt.withdraw();
  }
  EXPECT_EQ(fails(from_nowhere(1)), none);
  EXPECT_EQ(fails(from_nowhere(1)), seconds(2)) << "a failure still does";
}

TEST_F(LoginBackoffTest, a_withdrawn_try_takes_back_no_failure_that_came_with_it) {
  fails_times(from_nowhere(1), 4);
  LoginTry withdrawn = backoff_.begin(from_nowhere(1), now_);
  ASSERT_EQ(fails(from_nowhere(1)), none);
  withdrawn.withdraw();
  EXPECT_EQ(fails(from_nowhere(1)), seconds(1));
}

TEST_F(LoginBackoffTest, withdrawn_tries_take_nobodys_place) {
  LoginBackoff small({.entries_max = 4});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(small.begin(from(1, 1), now_).wait(), none);
  for (std::uint32_t other = 2; other < 100; ++other) {
    small.begin(from(other, other), now_).withdraw();
  }
  EXPECT_EQ(small.begin(from(1, 1), now_).wait(), seconds(1));
}

TEST_F(LoginBackoffTest, it_remembers_a_fixed_number_and_forgets_the_quietest) {
  LoginBackoff small({.entries_max = 10});
  const auto fail = [&](std::uint32_t account) {
    return small.begin(from_nowhere(account), now_).wait();
  };
  for (int i = 0; i < 5; ++i) fail(1);
  for (std::uint32_t other = 2; other <= 10; ++other) fail(other);
  EXPECT_EQ(fail(1), seconds(1)) << "ten fit";
  fail(11);
  EXPECT_EQ(fail(1), none) << "the eleventh does not";
}

TEST_F(LoginBackoffTest, a_try_whose_count_was_forgotten_ends_all_the_same) {
  LoginBackoff small({.entries_max = 1});
  LoginTry first = small.begin(from(1, 1), now_);
  { const LoginTry second = small.begin(from(2, 2), now_); }
  first.succeeded();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(small.begin(from_nowhere(3), now_).wait(), none);
  EXPECT_EQ(small.begin(from_nowhere(3), now_).wait(), seconds(1));
}

TEST_F(LoginBackoffTest, many_threads_get_hardly_more_guesses_than_one) {
  std::atomic<int> guesses = 0;
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1'000; ++i) {
        if (backoff_.begin(from(1, t), now_).wait() == none) ++guesses;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // The fifth failure may be counted while the other three threads have one in flight.
  EXPECT_GE(guesses, 5);
  EXPECT_LE(guesses, 8);
}

}  // namespace
}  // namespace boxoffice::http::auth
