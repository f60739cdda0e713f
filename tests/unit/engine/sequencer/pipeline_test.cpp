// The commit pipeline: when replies leave, what shares a frame, what is refused, how it stops.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "events/codec.h"
#include "tests/unit/engine/sequencer/pipeline_support.h"

namespace boxoffice::tests {
namespace {

using namespace std::chrono_literals;

CreateMovie fills_a_frame() {
  return {{.title = std::string(2 << 20, 'x'),
           .description = {},
           .duration_min = 1,
           .genre = {},
           .rating = {},
           .poster_url = {},
           .release_date = {}}};
}

class PipelineTest : public testing::Test {
 protected:
  // Starts with the cinema in the log, each command in a frame of its own.
  void open(PipelineOptions options = {}) {
    pipeline = std::make_unique<Pipeline>(State{}, log, clock, listener, std::move(options));
    pipeline->start();
    std::size_t answered = 0;
    for (const auto& command : opening_commands()) {
      ASSERT_TRUE(pipeline->submit(submission(command, opening)));
      opening.wait_for(++answered);
    }
  }

  [[nodiscard]] bool submit(Command command, std::uint64_t token = 0,
                            std::optional<events::Idempotency> idempotency = {},
                            Wake wake = Wake::now) {
    Submission one = submission(std::move(command), sink, token);
    one.idempotency = idempotency;
    return pipeline->submit(std::move(one), wake);
  }

  MemoryLog log;
  ManualClock clock;
  CollectingListener listener;
  CollectingSink opening;
  CollectingSink sink;
  std::unique_ptr<Pipeline> pipeline;  // last: its threads use what is above
};

TEST_F(PipelineTest, a_reply_carries_the_commands_events) {
  open();
  ASSERT_TRUE(submit(lock({1, 2}, "a"), 42));
  const Reply reply = sink.wait_for(1).front();
  EXPECT_EQ(reply.token, 42U);
  EXPECT_EQ(reply.kind, Reply::Kind::done);
  ASSERT_EQ(reply.events().size(), 1U);
  EXPECT_EQ(reply.events()[0].position, Position(opening_events + 1));
  EXPECT_EQ(text_of(reply.events()[0].body), text_of(locked({1, 2}, {.session = "a"})));
}

TEST_F(PipelineTest, a_reply_leaves_only_after_its_frame_is_durable) {
  open();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  EXPECT_EQ(sink.count(), 0U);
  EXPECT_EQ(listener.frames().size(), opening_events);
  EXPECT_EQ(pipeline->positions().applied, Position(opening_events + 1));
  EXPECT_EQ(pipeline->positions().durable, Position(opening_events));
  EXPECT_EQ(log.head().last, Position(opening_events));
  log.release_appends();
  const Reply reply = sink.wait_for(1).front();
  EXPECT_GE(log.head().last, reply.last);
  EXPECT_EQ(pipeline->positions().durable, reply.last);
  EXPECT_EQ(pipeline->positions().published, reply.last);
}

// Asks, at the moment of the reply, what the listener has seen and what is durable.
class WitnessSink : public ReplySink {
 public:
  WitnessSink(CollectingListener& listener, const MemoryLog& log)
      : listener_(listener), log_(log) {}
  void deliver(std::vector<Reply> replies) override {
    for (const Reply& reply : replies) {
      const auto frames = listener_.frames();
      if (frames.empty() || frames.back().last() < reply.last) ++unseen_;
      if (log_.head().last < reply.last) ++volatile_;
    }
    answered_.deliver(std::move(replies));
  }
  CollectingSink& answered() { return answered_; }
  int unseen() const { return unseen_; }
  int not_durable() const { return volatile_; }

 private:
  CollectingListener& listener_;
  const MemoryLog& log_;
  CollectingSink answered_;
  std::atomic<int> unseen_{0};
  std::atomic<int> volatile_{0};
};

TEST_F(PipelineTest, the_listener_sees_a_frame_before_its_replies_leave) {
  open();
  WitnessSink witness(listener, log);
  constexpr std::size_t commands = 300;
  for (std::size_t i = 0; i < commands; ++i) {
    ASSERT_TRUE(pipeline->submit(submission(CancelBooking{BookingId(9)}, witness, i)));
  }
  pipeline->stop();
  EXPECT_EQ(witness.answered().count(), commands);
  EXPECT_EQ(witness.unseen(), 0);
  EXPECT_EQ(witness.not_durable(), 0);
}

TEST_F(PipelineTest, commands_that_arrive_during_a_sync_share_the_next_frame) {
  open();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  for (std::uint32_t seat = 2; seat <= 9; ++seat) ASSERT_TRUE(submit(lock({seat}, "a")));
  wait_until_decided(*pipeline, opening_events + 9);
  log.release_appends();
  sink.wait_for(9);
  const auto frames = listener.wait_for(opening_events + 2);
  ASSERT_EQ(frames.size(), opening_events + 2);
  EXPECT_EQ(frames[opening_events].events.size(), 1U);
  EXPECT_EQ(frames[opening_events + 1].events.size(), 8U);
}

TEST_F(PipelineTest, a_frame_is_closed_at_its_limit_however_many_commands_wait) {
  constexpr std::size_t commands = 3 * 8'192;
  open({.queue_depth_max = commands});
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  for (std::size_t i = 0; i < commands; ++i) ASSERT_TRUE(submit(CancelBooking{BookingId(9)}));
  log.release_appends();
  sink.wait_for(commands + 1);
  for (const auto& frame : listener.frames()) EXPECT_LE(frame.events.size(), 8'192U);
}

TEST_F(PipelineTest, a_full_queue_refuses_at_once_and_takes_again_later) {
  open({.queue_depth_max = 4});
  // With the log held and a frame full, nothing leaves the queue.
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(fills_a_frame()));
  wait_until_decided(*pipeline, opening_events + 2);
  for (std::uint32_t seat = 2; seat <= 5; ++seat) ASSERT_TRUE(submit(lock({seat}, "a")));
  EXPECT_FALSE(submit(lock({6}, "a")));
  EXPECT_EQ(pipeline->counters().rejected, 1U);
  EXPECT_EQ(pipeline->counters().queue_depth, 4U);
  EXPECT_EQ(pipeline->counters().queue_depth_max, 4U);
  log.release_appends();
  sink.wait_for(6);
  ASSERT_TRUE(submit(lock({6}, "a"), 77));
  EXPECT_EQ(sink.wait_for(7).back().token, 77U);
}

// A clock for waits that is set by hand.
class WaitsTest : public PipelineTest {
 protected:
  static constexpr std::chrono::milliseconds wait_max{100};

  void open_with_limit() {
    PipelineOptions options;
    options.queue_wait_max = wait_max;
    options.steady_now = [this] { return engine::CommandTimes::Time(1h + ms.load() * 1ms); };
    open(std::move(options));
  }
  std::uint64_t decided_at_opening() const { return opening_commands().size(); }

  std::atomic<std::int64_t> ms{0};
};

TEST_F(WaitsTest, a_queue_that_does_not_move_refuses_at_once_and_takes_again_later) {
  open_with_limit();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(lock({2}, "b")));  // decided, and waits for the log
  wait_until_decided(*pipeline, decided_at_opening() + 2);
  ms = 99;
  EXPECT_TRUE(submit(lock({3}, "c")));
  ms = 100;
  EXPECT_FALSE(submit(lock({4}, "d")));
  EXPECT_EQ(pipeline->counters().too_slow, 1U);
  log.release_appends();
  for (const Reply& reply : sink.wait_for(3)) EXPECT_EQ(reply.kind, Reply::Kind::done);
  EXPECT_TRUE(submit(lock({4}, "d")));
  EXPECT_EQ(sink.wait_for(4).back().kind, Reply::Kind::done);
}

TEST_F(WaitsTest, what_has_waited_too_long_undecided_is_not_decided_any_more) {
  open_with_limit();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(fills_a_frame()));
  wait_until_decided(*pipeline, decided_at_opening() + 2);
  constexpr std::uint64_t late = 7;
  ASSERT_TRUE(submit(lock({2}, "c"), late));
  ms = 100;
  log.release_appends();
  const auto replies = sink.wait_for(3);
  for (const Reply& reply : replies) {
    EXPECT_EQ(reply.kind, reply.token == late ? Reply::Kind::too_late : Reply::Kind::done);
  }
  EXPECT_EQ(pipeline->counters().too_slow, 1U);
  EXPECT_EQ(pipeline->positions().durable, Position(opening_events + 2));
}

TEST_F(WaitsTest, a_reply_says_when_what_happened_to_its_command) {
  open_with_limit();
  log.hold_appends();
  ms = 10;
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  ms = 40;
  log.release_appends();
  const auto times = sink.wait_for(1).front().times;
  const auto at = [](std::int64_t at_ms) { return engine::CommandTimes::Time(1h + at_ms * 1ms); };
  EXPECT_EQ(times.taken, at(10));
  EXPECT_EQ(times.decided, at(10));
  EXPECT_EQ(times.sealed, at(10));
  EXPECT_EQ(times.durable, at(40));
  EXPECT_EQ(times.published, at(40));
}

TEST_F(PipelineTest, figures_follow_what_happens) {
  open();
  const auto frames_before = pipeline->counters().frames;
  const auto counted_before = pipeline->histograms().sync_us.count();
  EXPECT_TRUE(pipeline->counters().accepting);
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(lock({2}, "b")));
  ASSERT_TRUE(submit(lock({3}, "c")));
  wait_until_decided(*pipeline, opening_events + 3);
  log.release_appends();
  sink.wait_for(3);
  const auto counters = pipeline->counters();
  EXPECT_EQ(counters.frames - frames_before, 2U);
  EXPECT_EQ(counters.locks, 3U);
  const auto histograms = pipeline->histograms();
  EXPECT_EQ(histograms.sync_us.count() - counted_before, 2);
  EXPECT_EQ(histograms.recent_sync_us.count(), histograms.sync_us.count());
  EXPECT_EQ(histograms.batch.sum, static_cast<std::int64_t>(counters.commands));
  EXPECT_EQ(histograms.batch.counts[2], 1) << "two commands shared a frame";
  pipeline->stop();
  EXPECT_FALSE(pipeline->counters().accepting);
}

TEST_F(PipelineTest, a_repeated_key_waits_until_the_first_is_durable_and_gets_its_positions) {
  open();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a"), 1, key(1)));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(lock({1}, "a"), 2, key(1)));
  wait_until_decided(*pipeline, opening_events + 2);
  EXPECT_EQ(sink.count(), 0U);
  log.release_appends();
  const auto replies = sink.wait_for(2);
  EXPECT_EQ(replies[0].kind, Reply::Kind::done);
  EXPECT_EQ(replies[1].token, 2U);
  EXPECT_EQ(replies[1].kind, Reply::Kind::replayed);
  EXPECT_EQ(replies[1].first, replies[0].first);
  EXPECT_EQ(replies[1].last, replies[0].last);
  EXPECT_EQ(log.head().last, Position(opening_events + 1));
}

// ---- Time ---------------------------------------------------------------------------------------

TEST_F(PipelineTest, locks_expire_on_an_idle_engine) {
  open();
  ASSERT_TRUE(submit(lock({1, 2}, "a")));
  sink.wait_for(1);
  clock.set(noon + minutes(5));
  const auto frames = listener.wait_for(opening_events + 2);
  ASSERT_EQ(frames.back().events.size(), 1U);
  EXPECT_EQ(text_of(frames.back().events[0].body),
            text_of(events::LockExpired{show1, seats({1, 2})}));
  EXPECT_EQ(frames.back().time, noon + minutes(5));
}

TEST_F(PipelineTest, what_falls_due_while_a_frame_is_open_expires_in_the_next_one) {
  open();
  ASSERT_TRUE(submit(lock({1}, "a")));
  sink.wait_for(1);
  log.hold_appends();
  ASSERT_TRUE(submit(lock({2}, "b")));
  log.wait_for_held_append();
  ASSERT_TRUE(submit(lock({3}, "b")));  // opens the next frame at noon
  wait_until_decided(*pipeline, opening_events + 3);
  clock.set(noon + minutes(5));
  ASSERT_TRUE(submit(lock({1}, "b")));
  wait_until_decided(*pipeline, opening_events + 4);
  log.release_appends();
  const Reply in_the_open_frame = sink.wait_for(4).back();
  EXPECT_EQ(std::get<events::CommandRefused>(in_the_open_frame.events()[0].body).reason,
            Refusal::seat_taken);
  ASSERT_TRUE(submit(lock({1}, "b")));
  const Reply in_the_next = sink.wait_for(5).back();
  EXPECT_EQ(text_of(in_the_next.events()[0].body),
            text_of(locked(
                {1}, {.session = "b", .since = noon + minutes(5), .until = noon + minutes(10)})));
}

// ---- Many threads, and the end ------------------------------------------------------------------

TEST_F(PipelineTest, many_threads_are_all_answered_exactly_once_and_positions_have_no_gaps) {
  open();
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t each = 500;
  std::vector<std::thread> clients;
  for (std::uint64_t t = 0; t < threads; ++t) {
    clients.emplace_back([this, t] {
      for (std::uint64_t i = 0; i < each; ++i) {
        const auto seat = static_cast<std::uint32_t>(1 + (t + i) % 12);
        const std::string session = "s" + std::to_string(t);
        const bool locks = i % 2 == 0;
        Command command = locks ? Command(lock({seat}, session)) : release({seat}, session);
        while (!submit(command, t * each + i)) std::this_thread::yield();
      }
    });
  }
  for (auto& client : clients) client.join();
  auto replies = sink.wait_for(threads * each);
  pipeline->stop();
  ASSERT_EQ(sink.count(), threads * each);
  std::sort(replies.begin(), replies.end(),
            [](const Reply& a, const Reply& b) { return a.token < b.token; });
  for (std::uint64_t token = 0; token < replies.size(); ++token) {
    ASSERT_EQ(replies[token].token, token);
    ASSERT_EQ(replies[token].kind, Reply::Kind::done);
  }
  std::uint64_t expected = 1;
  for (const auto& frame : listener.frames()) {
    for (const auto& event : frame.events) ASSERT_EQ(event.position.value, expected++);
  }
  EXPECT_EQ(log.head().last, Position(expected - 1));
  EXPECT_EQ(pipeline->counters().commands, opening_commands().size() + threads * each);
}

TEST_F(PipelineTest, stopping_finishes_what_was_taken_and_takes_no_more) {
  open();
  log.hold_appends();
  ASSERT_TRUE(submit(lock({1}, "a")));
  log.wait_for_held_append();
  for (std::uint32_t seat = 2; seat <= 10; ++seat) ASSERT_TRUE(submit(lock({seat}, "a")));
  std::thread stopper([this] { pipeline->stop(); });
  while (submit(lock({11}, "b"))) std::this_thread::yield();  // until it has begun to stop
  log.release_appends();
  stopper.join();
  EXPECT_FALSE(submit(lock({12}, "a")));
  const auto replies = sink.wait_for(10);
  for (const auto& reply : replies) EXPECT_EQ(reply.kind, Reply::Kind::done);
  EXPECT_EQ(log.head().last, pipeline->positions().published);
}

TEST_F(PipelineTest, many_commands_are_answered_after_one_wake) {
  open();
  for (std::uint32_t seat = 1; seat <= 10; ++seat) {
    ASSERT_TRUE(submit(lock({seat}, "a"), seat, {}, Wake::later));
  }
  pipeline->wake();
  for (const auto& reply : sink.wait_for(10)) EXPECT_EQ(reply.kind, Reply::Kind::done);
}

TEST_F(PipelineTest, stopping_finishes_what_the_sequencer_was_not_woken_for) {
  open();
  for (std::uint32_t seat = 1; seat <= 10; ++seat) {
    ASSERT_TRUE(submit(lock({seat}, "a"), seat, {}, Wake::later));
  }
  pipeline->stop();
  for (const auto& reply : sink.wait_for(10)) EXPECT_EQ(reply.kind, Reply::Kind::done);
}

TEST_F(PipelineTest, stopping_twice_is_stopping) {
  open();
  ASSERT_TRUE(submit(lock({1}, "a")));
  pipeline->stop();
  pipeline->stop();
  EXPECT_EQ(sink.count(), 1U);
}

TEST_F(PipelineTest, takes_nothing_before_it_is_started) {
  pipeline = std::make_unique<Pipeline>(State{}, log, clock, listener, PipelineOptions{});
  EXPECT_FALSE(submit(lock({1}, "a")));
  pipeline->stop();
  EXPECT_EQ(sink.count(), 0U);
}

TEST_F(PipelineTest, an_idle_pipeline_writes_nothing) {
  open();
  pipeline->stop();
  EXPECT_EQ(log.head().last, Position(opening_events));
  EXPECT_EQ(listener.frames().size(), opening_events);
}

}  // namespace
}  // namespace boxoffice::tests
