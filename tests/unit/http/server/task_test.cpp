#include "http/server/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "http/server/one_shot.h"

namespace boxoffice::http {
namespace {

Task<int> plus_one(int n) { co_return n + 1; }
Task<int> plus_two(int n) {
  const int once = co_await plus_one(n);
  co_return co_await plus_one(once);
}
Task<int> failing() {
  throw std::runtime_error("no");
  co_return 0;
}
Task<std::unique_ptr<int>> wait_for(OneShot<int> source) {
  const int value = co_await source;
  co_return std::make_unique<int>(value);
}

/// Counts how many are alive.
struct Counted {
  explicit Counted(int& count) : count_(&count) { ++*count_; }
  Counted(const Counted& other) : count_(other.count_) { ++*count_; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*count_; }
  int* count_;
};
Task<int> hold(Counted held, OneShot<int> source) {
  const Counted local = held;
  co_return co_await source;
}

struct Outcome {
  int value = -1;
  std::string error;
};

template <class T, class Read>
std::shared_ptr<Outcome> start(Task<T> task, Read read) {
  auto outcome = std::make_shared<Outcome>();
  run<T>(
      std::move(task), [outcome, read](T value) { outcome->value = read(value); },
      [outcome](std::exception_ptr error) {
        try {
          std::rethrow_exception(error);
        } catch (const std::exception& e) {
          outcome->error = e.what();
        }
      });
  return outcome;
}
int same(int value) { return value; }
int pointed(const std::unique_ptr<int>& value) { return *value; }

TEST(Task, runs_to_its_end_before_run_returns_when_it_never_waits) {
  EXPECT_EQ(start(plus_two(40), same)->value, 42);
}

TEST(Task, hands_its_exception_to_whoever_runs_it) {
  EXPECT_EQ(start(failing(), same)->error, "no");
}

TEST(Task, does_nothing_until_it_is_awaited) {
  int alive = 0;
  {
    const OneShot<int> source;
    const Task<int> task = hold(Counted(alive), source);
    EXPECT_EQ(alive, 1);  // the parameter, not yet the local
  }
  EXPECT_EQ(alive, 0);
}

TEST(Task, starts_as_a_call_and_tells_whether_it_has_ended) {
  Task<int> ended = plus_two(1);
  EXPECT_TRUE(ended.start());
  EXPECT_EQ(start(std::move(ended), same)->value, 3);

  const OneShot<int> source;
  Task<std::unique_ptr<int>> waits = wait_for(source);
  EXPECT_FALSE(waits.start());
  const auto outcome = start(std::move(waits), pointed);
  EXPECT_EQ(outcome->value, -1);
  source.complete(5);
  EXPECT_EQ(outcome->value, 5);
}

TEST(Task, may_end_between_its_start_and_its_await) {
  const OneShot<int> source;
  Task<std::unique_ptr<int>> task = wait_for(source);
  EXPECT_FALSE(task.start());
  source.complete(7);
  EXPECT_EQ(start(std::move(task), pointed)->value, 7);
}

TEST(Task, keeps_the_exception_of_a_started_task) {
  Task<int> task = failing();
  EXPECT_TRUE(task.start());
  EXPECT_EQ(start(std::move(task), same)->error, "no");
}

TEST(Task, releases_everything_when_destroyed_while_it_waits) {
  int alive = 0;
  const OneShot<int> source;
  {
    Task<int> task = hold(Counted(alive), source);
    task.start();
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
  source.complete(1);  // nobody waits any more
}

TEST(Task, moves) {
  Task<int> first = plus_one(1);
  Task<int> second = std::move(first);
  second.start();
  first = std::move(second);
  EXPECT_EQ(start(std::move(first), same)->value, 2);
}

TEST(OneShot, may_be_completed_before_it_is_awaited) {
  const OneShot<int> source;
  source.complete(3);
  EXPECT_EQ(start(wait_for(source), pointed)->value, 3);
}

TEST(OneShot, resumes_whoever_waits) {
  const OneShot<int> source;
  const auto outcome = start(wait_for(source), pointed);
  EXPECT_EQ(outcome->value, -1);
  source.complete(4);
  EXPECT_EQ(outcome->value, 4);
}

TEST(OneShot, outlives_both_sides_through_any_copy) {
  auto source = std::make_unique<OneShot<int>>();
  const auto outcome = start(wait_for(*source), pointed);
  const OneShot<int> copy = *source;
  source.reset();
  copy.complete(9);
  EXPECT_EQ(outcome->value, 9);
}

TEST(OneShotDeathTest, is_completed_once) {
  const OneShot<int> source;
  source.complete(1);
  EXPECT_DEATH(source.complete(2), "completed once");
}

}  // namespace
}  // namespace boxoffice::http
