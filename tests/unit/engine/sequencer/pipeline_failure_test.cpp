// The commit pipeline when the log or the listener fails: the end, told once, and nobody is told
// more than is known.

#include <gtest/gtest.h>

#include "tests/unit/engine/sequencer/pipeline_support.h"

namespace boxoffice::tests {
namespace {

class PipelineFailure : public testing::Test {
 protected:
  PipelineFailure() {
    PipelineOptions options;
    options.on_fatal = [this](const Fault& why) {
      const std::lock_guard lock(mutex);
      fatal.push_back(why);
      changed.notify_all();
    };
    pipeline = std::make_unique<Pipeline>(State{}, log, clock, listener, std::move(options));
    pipeline->start();
    std::size_t answered = 0;
    for (const auto& command : opening_commands()) {
      EXPECT_TRUE(pipeline->submit(submission(command, opening)));
      opening.wait_for(++answered);
    }
  }

  [[nodiscard]] bool submit(Command command, std::uint64_t token = 0,
                            std::optional<events::Idempotency> idempotency = {}) {
    Submission one = submission(std::move(command), sink, token);
    one.idempotency = idempotency;
    return pipeline->submit(std::move(one));
  }

  Fault wait_for_fatal() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !fatal.empty(); });
    return fatal.front();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Fault> fatal;
  MemoryLog log;
  ManualClock clock;
  CollectingListener listener;
  CollectingSink opening;
  CollectingSink sink;
  std::unique_ptr<Pipeline> pipeline;  // last: its threads use what is above
};

class FailedAppend : public PipelineFailure, public testing::WithParamInterface<AppendStatus> {};

TEST_P(FailedAppend, is_told_once_and_leaves_every_outcome_unknown) {
  log.fail_append(1, GetParam());
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a"), 1));
  log.wait_for_held_append();
  // These are decided already and wait in the next frame.
  for (std::uint64_t token = 2; token <= 5; ++token) {
    ASSERT_TRUE(submit(lock({static_cast<std::uint32_t>(token)}, "a"), token));
  }
  wait_until_decided(*pipeline, opening_events + 5);
  log.release_appends();
  EXPECT_EQ(wait_for_fatal().kind, FaultKind::io);
  EXPECT_FALSE(submit(lock({9}, "a"), 9));
  pipeline->stop();

  const auto replies = sink.wait_for(5);
  EXPECT_EQ(replies.size(), 5U);
  for (const auto& reply : replies) {
    EXPECT_EQ(reply.kind, Reply::Kind::outcome_unknown);
    EXPECT_EQ(reply.frame, nullptr);
  }
  EXPECT_EQ(fatal.size(), 1U);
  EXPECT_EQ(listener.frames().size(), opening_events);
  EXPECT_EQ(log.head().last, Position(opening_events));
  EXPECT_EQ(pipeline->positions().durable, Position(opening_events));
  EXPECT_EQ(pipeline->positions().published, Position(opening_events));
}

INSTANTIATE_TEST_SUITE_P(Pipeline, FailedAppend,
                         testing::Values(AppendStatus::unknown, AppendStatus::fenced));

TEST_F(PipelineFailure, a_repeated_key_whose_first_answer_was_not_durable_is_unknown_too) {
  log.fail_append(1);
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a"), 1, key(1)));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(lock({1}, "a"), 2, key(1)));
  log.release_appends();
  wait_for_fatal();
  pipeline->stop();
  for (const auto& reply : sink.wait_for(2)) {
    EXPECT_EQ(reply.kind, Reply::Kind::outcome_unknown);
  }
}

TEST_F(PipelineFailure, what_was_durable_before_the_failure_is_answered_as_done) {
  ASSERT_TRUE(submit(lock({1}, "a"), 1));
  sink.wait_for(1);
  log.fail_append(1);
  ASSERT_TRUE(submit(lock({2}, "a"), 2));
  wait_for_fatal();
  pipeline->stop();
  const auto replies = sink.wait_for(2);
  EXPECT_EQ(replies[0].kind, Reply::Kind::done);
  EXPECT_EQ(replies[1].kind, Reply::Kind::outcome_unknown);
}

TEST_F(PipelineFailure, a_fault_of_the_listener_is_final_and_it_is_shown_no_later_frame) {
  listener.fail_at(opening_events + 1, /*held=*/true);
  ASSERT_TRUE(submit(lock({1}, "a"), 1));
  listener.wait_for(opening_events + 1);
  ASSERT_TRUE(submit(lock({2}, "a"), 2));
  while (pipeline->positions().durable < Position(opening_events + 2)) std::this_thread::yield();
  listener.release_fault();
  EXPECT_EQ(wait_for_fatal().text, "the read models are broken");
  EXPECT_FALSE(submit(lock({3}, "a"), 3));
  pipeline->stop();
  const auto replies = sink.wait_for(2);
  EXPECT_EQ(replies.size(), 2U);
  for (const auto& reply : replies) EXPECT_EQ(reply.kind, Reply::Kind::outcome_unknown);
  EXPECT_EQ(fatal.size(), 1U);
  EXPECT_EQ(listener.frames().size(), opening_events + 1);
  EXPECT_EQ(pipeline->positions().published, Position(opening_events));
}

TEST_F(PipelineFailure, of_the_log_and_then_of_the_listener_is_told_once) {
  listener.fail_at(opening_events + 1, /*held=*/true);
  ASSERT_TRUE(submit(lock({1}, "a"), 1));
  listener.wait_for(opening_events + 1);
  log.fail_append(1);
  ASSERT_TRUE(submit(lock({2}, "a"), 2));
  EXPECT_EQ(wait_for_fatal().text, "the log in memory was told to fail");
  listener.release_fault();
  pipeline->stop();
  EXPECT_EQ(fatal.size(), 1U);
  for (const auto& reply : sink.wait_for(2)) EXPECT_EQ(reply.kind, Reply::Kind::outcome_unknown);
}

TEST_F(PipelineFailure, stopping_after_a_failure_answers_everyone_and_returns) {
  log.fail_append(1);
  ASSERT_TRUE(submit(lock({1}, "a"), 1));
  std::uint64_t taken = 1;
  while (submit(lock({2}, "a"), taken + 1)) ++taken;
  pipeline->stop();
  EXPECT_EQ(sink.count(), taken);
  EXPECT_EQ(fatal.size(), 1U);
}

}  // namespace
}  // namespace boxoffice::tests
