// Recovery: a log that a pipeline has written, replayed into an engine that goes on from there.

#include "engine/engine.h"

#include <gtest/gtest.h>

#include "engine/sequencer/sequencer.h"
#include "tests/unit/engine/domain/state_text.h"
#include "tests/unit/engine/sequencer/pipeline_support.h"

namespace boxoffice::tests {
namespace {

using engine::Engine;

Result<void> see_nothing(const events::Frame&) { return success(); }

// One run of the program: an engine over the log, commands one after the other, a stop.
class RunningEngine {
 public:
  RunningEngine(MemoryLog& log, FrameListener& listener, Position listener_position, Instant now) {
    clock_.set(now);
    auto recovered = Engine::recover(log, clock_, listener, listener_position, {});
    EXPECT_TRUE(recovered.has_value());
    engine_ = std::move(recovered.value());
    engine_->start();
  }
  ~RunningEngine() { engine_->stop(); }
  RunningEngine(const RunningEngine&) = delete;
  RunningEngine& operator=(const RunningEngine&) = delete;

  Reply submit(Command command, std::optional<events::Idempotency> idempotency = {}) {
    Submission one = submission(std::move(command), sink_);
    one.idempotency = idempotency;
    EXPECT_TRUE(engine_->submit(std::move(one)));
    return sink_.wait_for(++submitted_).back();
  }
  std::string answer(Command command) {
    const Reply reply = submit(std::move(command));
    std::string text;
    for (const auto& event : reply.events()) text += text_of(event.body) + "\n";
    return text;
  }
  Engine& engine() { return *engine_; }

 private:
  ManualClock clock_;
  CollectingSink sink_;
  std::size_t submitted_ = 0;
  std::unique_ptr<Engine> engine_;
};

class Recovery : public testing::Test {
 protected:
  // Some of everything: a lock, a booking that is being paid, one that is paid, a refusal, a key.
  void first_run() {
    RunningEngine run(log, first_listener, Position(), noon);
    for (const auto& command : opening_commands()) run.submit(command);
    run.submit(lock({1, 2}, "a"), key(1));
    run.submit(lock({2}, "b"), key(2));
    run.submit(book({3, 4}));
    run.submit(pay(booking1, price * 2, 1));
    run.submit(book({5}));
    run.submit(pay(booking2, price, 2));
    paid = run.submit(says_paid(2), key(3));
  }

  State replayed() {
    auto state = engine::replay(log, see_nothing);
    EXPECT_TRUE(state.has_value());
    return std::move(state.value());
  }

  MemoryLog log;
  CollectingListener first_listener;
  CollectingListener second_listener;
  Reply paid;
};

TEST_F(Recovery, of_an_empty_log_starts_at_nothing) {
  ManualClock clock;
  const auto recovered = Engine::recover(log, clock, first_listener, Position(), {});
  ASSERT_TRUE(recovered.has_value());
  EXPECT_EQ(recovered.value()->recovery().last, Position());
  EXPECT_EQ(recovered.value()->recovery().replayed, 0U);
}

TEST_F(Recovery, gives_the_state_that_the_events_lead_to) {
  first_run();
  State expected;
  for (const auto& frame : first_listener.frames()) {
    for (const auto& event : frame.events) evolve(expected, event);
  }
  EXPECT_EQ(text_of(replayed()), text_of(expected));
  EXPECT_TRUE(broken_invariants(replayed()).empty());
}

TEST_F(Recovery, the_engine_goes_on_with_the_same_decisions) {
  first_run();
  RunningEngine run(log, second_listener, Position(), noon + minutes(1));
  const Scenario before = [this] {
    Scenario scenario;
    for (const auto& frame : first_listener.frames()) {
      for (const auto& event : frame.events) scenario.apply({event.body}, event.time);
    }
    return scenario;
  }();
  Scenario story = before;
  for (const Command& command :
       {Command(lock({2}, "b")), Command(lock({1, 2}, "a")), Command(book({6})),
        Command(says_paid(1)), Command(CancelBooking{booking2})}) {
    const auto outcome = story.when(command, nobody, noon + minutes(1));
    if (outcome.happened().empty()) {
      EXPECT_NE(run.answer(command).find("CommandRefused"), std::string::npos);
    } else {
      std::string expected;
      for (const auto& body : outcome.happened()) expected += text_of(body) + "\n";
      EXPECT_EQ(run.answer(command), expected);
    }
  }
}

TEST_F(Recovery, positions_go_on_without_a_gap) {
  first_run();
  const Position last = log.head().last;
  RunningEngine run(log, second_listener, Position(), noon);
  EXPECT_EQ(run.submit(lock({7}, "c")).first, last.next());
}

TEST_F(Recovery, what_fell_due_in_between_expires_without_a_command) {
  first_run();
  const std::uint64_t frames = first_listener.frames().size();
  RunningEngine run(log, second_listener, log.head().last, noon + hours(1));
  const auto seen = second_listener.wait_for(1);
  EXPECT_EQ(first_listener.frames().size(), frames);
  ASSERT_EQ(seen[0].events.size(), 2U);
  EXPECT_EQ(text_of(seen[0].events[0].body), text_of(events::LockExpired{show1, seats({1, 2})}));
  EXPECT_EQ(text_of(seen[0].events[1].body), text_of(expired(1)));
}

TEST_F(Recovery, time_does_not_go_back_when_the_clock_did) {
  first_run();
  RunningEngine run(log, second_listener, Position(), noon - hours(1));
  EXPECT_EQ(run.submit(lock({7}, "c")).events()[0].time, noon);
}

TEST_F(Recovery, a_listener_sees_only_what_it_has_not_seen) {
  first_run();
  const auto frames = first_listener.frames();
  for (const std::size_t seen : {std::size_t{0}, std::size_t{4}, frames.size()}) {
    CollectingListener listener;
    ManualClock clock;
    const Position position = seen == 0 ? Position() : frames[seen - 1].last();
    const auto recovered = Engine::recover(log, clock, listener, position, {});
    ASSERT_TRUE(recovered.has_value());
    ASSERT_EQ(listener.frames().size(), frames.size() - seen);
    if (seen < frames.size()) {
      EXPECT_EQ(listener.frames().front().first(), frames[seen].first());
    }
    EXPECT_EQ(recovered.value()->recovery().replayed, log.head().last.value);
    EXPECT_EQ(recovered.value()->recovery().folded, log.head().last.value - position.value);
  }
}

TEST_F(Recovery, refuses_a_listener_that_is_ahead_of_the_log) {
  first_run();
  ManualClock clock;
  const auto recovered = Engine::recover(log, clock, second_listener, log.head().last.next(), {});
  ASSERT_FALSE(recovered.has_value());
  EXPECT_EQ(recovered.error().kind, FaultKind::corrupt);
  EXPECT_TRUE(second_listener.frames().empty());
}

TEST_F(Recovery, ends_with_the_fault_of_the_listener) {
  first_run();
  ManualClock clock;
  second_listener.fail_at(3);
  const auto recovered = Engine::recover(log, clock, second_listener, Position(), {});
  ASSERT_FALSE(recovered.has_value());
  EXPECT_EQ(recovered.error().text, "the read models are broken");
  EXPECT_EQ(second_listener.frames().size(), 3U);
}

// ---- Repeated keys after a restart --------------------------------------------------------------

TEST_F(Recovery, a_key_from_before_gets_the_first_answer) {
  first_run();
  const Position last = log.head().last;
  RunningEngine run(log, second_listener, Position(), noon + minutes(30));
  const Reply again = run.submit(says_paid(2), key(3));
  ASSERT_EQ(again.kind, Reply::Kind::replayed);
  const auto loaded = run.engine().load(again);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded.value().kind, Reply::Kind::done);
  ASSERT_EQ(loaded.value().events().size(), paid.events().size());
  ASSERT_EQ(paid.events().size(), 2U);
  for (std::size_t i = 0; i < paid.events().size(); ++i) {
    EXPECT_EQ(events::print_json(loaded.value().events()[i]), events::print_json(paid.events()[i]));
  }
  EXPECT_GE(log.head().last, last);
}

TEST_F(Recovery, positions_that_are_not_in_the_log_cannot_be_loaded) {
  first_run();
  const Position beyond = log.head().last.next();
  EXPECT_FALSE(engine::load_frame(log, beyond, beyond).has_value());
  EXPECT_FALSE(engine::load_frame(log, log.head().last, beyond).has_value());
}

// ---- Logs that this build must not go on with ---------------------------------------------------

std::vector<std::uint8_t> body_of(const std::vector<Command>& commands) {
  engine::Sequencer sequencer({}, {});
  sequencer.open(noon);
  for (const auto& command : commands) sequencer.add({.command = command});
  return sequencer.seal().body;
}

TEST(RefusedLogs, a_frame_whose_header_and_events_disagree) {
  const auto body = body_of({opening_commands()[0], opening_commands()[1]});
  for (const std::uint32_t count : {1U, 3U}) {
    MemoryLog log;
    ASSERT_EQ(log.append({.first = Position(1), .count = count, .time = noon, .body = body}).status,
              AppendStatus::durable);
    const auto state = engine::replay(log, see_nothing);
    ASSERT_FALSE(state.has_value()) << count;
    EXPECT_EQ(state.error().kind, FaultKind::corrupt);
  }
}

TEST(RefusedLogs, a_frame_whose_events_now_lead_to_another_state) {
  engine::Sequencer sequencer({}, {});
  sequencer.open(noon);
  for (const auto& command : opening_commands()) sequencer.add({.command = command});
  const auto sealed = sequencer.seal();
  StateDigest digest = sealed.digest;
  for (const bool changed : {false, true}) {
    if (changed) digest.bytes[15] ^= 1;
    MemoryLog log;
    ASSERT_EQ(log.append({.first = Position(1),
                          .count = static_cast<std::uint32_t>(sealed.frame->events.size()),
                          .time = noon,
                          .digest = digest,
                          .body = sealed.body})
                  .status,
              AppendStatus::durable);
    const auto state = engine::replay(log, see_nothing);
    ASSERT_EQ(state.has_value(), !changed);
    if (!changed) continue;
    EXPECT_EQ(state.error().kind, FaultKind::corrupt);
    EXPECT_EQ(state.error().text.find("frame at position 1: the state after it is not"), 0u)
        << state.error().text;
  }
}

TEST(RefusedLogs, a_frame_of_a_newer_logic) {
  MemoryLog log(logic_version + 1);
  const auto body = body_of({opening_commands()[0]});
  ASSERT_EQ(log.append({.first = Position(1), .count = 1, .time = noon, .body = body}).status,
            AppendStatus::durable);
  const auto state = engine::replay(log, see_nothing);
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().kind, FaultKind::newer_format);
}

TEST(RefusedLogs, a_frame_that_is_not_events) {
  MemoryLog log;
  const std::vector<std::uint8_t> garbage(64, 0xAB);
  ASSERT_EQ(log.append({.first = Position(1), .count = 1, .time = noon, .body = garbage}).status,
            AppendStatus::durable);
  const auto state = engine::replay(log, see_nothing);
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().kind, FaultKind::corrupt);
}

}  // namespace
}  // namespace boxoffice::tests
