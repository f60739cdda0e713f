#include "engine/sequencer/pipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "base/fail_point.h"
#include "base/this_thread.h"
#include "engine/sequencer/sequencer.h"

namespace boxoffice::engine {

namespace {

// Frames that may wait for the publisher before the log waits for it.
constexpr std::size_t publish_backlog_max = 4;

// Replies to many clients, one call a sink.
void deliver(std::vector<Reply> replies, const std::vector<ReplySink*>& sinks) {
  std::vector<std::pair<ReplySink*, std::vector<Reply>>> by_sink;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    auto at = std::find_if(by_sink.begin(), by_sink.end(),
                           [&](const auto& entry) { return entry.first == sinks[i]; });
    if (at == by_sink.end()) at = by_sink.insert(by_sink.end(), {sinks[i], {}});
    at->second.push_back(std::move(replies[i]));
  }
  for (auto& [sink, batch] : by_sink) sink->deliver(std::move(batch));
}

void deliver(const SealedFrame& sealed, bool durable) {
  std::vector<Reply> replies;
  std::vector<ReplySink*> sinks;
  replies.reserve(sealed.replies.size());
  sinks.reserve(sealed.replies.size());
  for (const PendingReply& pending : sealed.replies) {
    Reply reply{.token = pending.to.token, .first = pending.first, .last = pending.last};
    if (durable || pending.kind == Reply::Kind::too_late) reply.kind = pending.kind;
    if (reply.kind == Reply::Kind::done) reply.frame = sealed.frame;
    reply.times = sealed.times;
    reply.times.taken = pending.times.taken;
    reply.times.decided = pending.times.decided;
    replies.push_back(std::move(reply));
    sinks.push_back(pending.to.sink);
  }
  deliver(std::move(replies), sinks);
}

}  // namespace

struct Pipeline::Impl {
  using SteadyClock = std::chrono::steady_clock;

  Impl(domain::State state, log::EventLog& event_log, Clock& a_clock, FrameListener& a_listener,
       PipelineOptions an_options)
      : log(event_log),
        clock(a_clock),
        listener(a_listener),
        options(std::move(an_options)),
        sequencer(std::move(state), options.rules) {
    const std::uint64_t at = sequencer.state().position.value;
    ENSURE(log.head().last.value == at, "the state is the log's, replayed to its head");
    durable = published = at;
    show_state();
  }

  // ---- The sequencer's thread -------------------------------------------------------------------

  void sequence() {
    name_this_thread("sequencer");
    std::unique_lock lock(mutex);
    while (true) {
      wait_for_work(lock);
      if (failed) break;
      if (stopping && !has_input() && !sequencer.has_work()) break;
      if (batch_next == batch.size()) {
        batch.clear();
        batch_next = 0;
        batch.swap(queue);
      }
      if (!waits_since && batch_next < batch.size()) waits_since = batch[batch_next].submitted;
      lock.unlock();

      decide_batch();

      lock.lock();
      if (log_is_free() && sequencer.has_work()) {
        log_is_idle = false;
        to_log = sequencer.seal();
        to_log->times.sealed = options.steady_now();
        waits_since.reset();
        if (batch_next < batch.size()) waits_since = batch[batch_next].submitted;
        batch_sizes.record(std::exchange(frame_commands, 0));
        notify(log_wakes, lock);
      }
    }
    sequencer_done = true;
    notify(log_wakes, lock);
  }

  // As many of the batch as the frame has room for.
  void decide_batch() {
    sequencer.open(clock.now());
    const auto taken = options.steady_now();
    std::uint64_t decided = 0;
    for (; batch_next < batch.size() && !sequencer.is_full(); ++batch_next) {
      Submission& next = batch[batch_next];
      if (waits_too_long(next.submitted, taken)) {
        sequencer.pass_over(next);
        too_slow.fetch_add(1, std::memory_order_relaxed);
      } else {
        sequencer.add(std::move(next));
        ++decided;
      }
    }
    sequencer.note_times(taken, options.steady_now());
    commands.fetch_add(decided, std::memory_order_relaxed);
    frame_commands += static_cast<std::int64_t>(decided);
    show_state();
  }

  bool waits_too_long(SteadyClock::time_point since, SteadyClock::time_point now) const {
    return options.queue_wait_max.count() > 0 && now - since >= options.queue_wait_max;
  }

  void show_state() {
    const domain::State& state = sequencer.state();
    applied.store(state.position.value, std::memory_order_release);
    locks.store(state.locks.size(), std::memory_order_relaxed);
    pending_bookings.store(state.booking_deadlines.size(), std::memory_order_relaxed);
  }

  // Until there is something to decide, a decided frame that the log can take, or nothing more to
  // do.
  void wait_for_work(std::unique_lock<std::mutex>& lock) {
    // A clock that is set while we wait is noticed within this time.
    constexpr Duration longest = std::chrono::seconds(1);
    const auto ready = [this] {
      return failed || (has_input() && !sequencer.is_full()) ||
             (log_is_free() && sequencer.has_work()) ||
             (stopping && !has_input() && !sequencer.has_work());
    };
    if (ready()) return;
    Duration wait = longest;
    // An open frame has its time already: what falls due meanwhile expires in the next one.
    const auto next = domain::next_deadline(sequencer.state());
    if (next && !sequencer.has_work()) {
      wait = std::clamp(*next - clock.now(), Duration(0), longest);
    }
    waits_for_log = sequencer.has_work();
    sequencer_wakes.wait_for(lock, wait, ready);
    waits_for_log = false;
  }

  // When the oldest was submitted that the log was not given yet.
  SteadyClock::time_point oldest_or(SteadyClock::time_point none) const {
    if (waits_since) return *waits_since;
    return queue.empty() ? none : queue.front().submitted;
  }

  bool has_input() const { return batch_next < batch.size() || !queue.empty(); }

  // A publisher that falls behind holds up the log, so that frames cannot pile up between them.
  bool log_is_free() const { return log_is_idle && to_publish.size() < publish_backlog_max; }

  // ---- The log's thread -------------------------------------------------------------------------

  void append() {
    name_this_thread("log");
    std::unique_lock lock(mutex);
    while (true) {
      log_wakes.wait(lock, [this] { return to_log.has_value() || sequencer_done; });
      if (!to_log) break;
      SealedFrame sealed = *std::exchange(to_log, std::nullopt);
      lock.unlock();
      const bool is_durable = append_one(sealed);
      sealed.times.durable = options.steady_now();
      lock.lock();
      to_publish.push_back({std::move(sealed), is_durable});
      log_is_idle = true;
      // First the sequencer: the next frame is on its way to the disk while this one is published.
      if (waits_for_log && log_is_free()) notify(sequencer_wakes, lock);
      notify(publisher_wakes, lock);
    }
    log_done = true;
    notify(publisher_wakes, lock);
  }

  bool append_one(const SealedFrame& sealed) {
    if (has_failed()) return false;
    if (sealed.frame->events.empty()) return true;
    const auto begin = SteadyClock::now();
    const auto outcome =
        log.append({.first = sealed.frame->first(),
                    .count = static_cast<std::uint32_t>(sealed.frame->events.size()),
                    .time = sealed.frame->time,
                    .digest = sealed.digest,
                    .body = sealed.body});
    if (outcome.status != log::AppendStatus::durable) {
      fail(outcome.why);
      return false;
    }
    durable.store(sealed.frame->last().value, std::memory_order_release);
    took(begin);
    frames.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  void took(SteadyClock::time_point begin) {
    const auto now = SteadyClock::now();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now - begin).count();
    sync_us.record(us);
    recent_sync_us.record(us, now);
  }

  // ---- The publisher's thread -------------------------------------------------------------------

  void publish() {
    name_this_thread("publisher");
    bool listener_has_all = true;  // once it has missed a frame, it is shown no later one
    std::unique_lock lock(mutex);
    while (true) {
      publisher_wakes.wait(lock, [this] { return !to_publish.empty() || log_done; });
      if (to_publish.empty()) break;
      auto [sealed, is_durable] = std::move(to_publish.front());
      const bool held_up = to_publish.size() >= publish_backlog_max;
      to_publish.pop_front();
      if (held_up && waits_for_log) notify(sequencer_wakes, lock);
      lock.unlock();
      if (is_durable && listener_has_all) listener_has_all = show(*sealed.frame);
      sealed.times.published = options.steady_now();
      fail_point(FailPoint::before_reply);
      deliver(sealed, is_durable && listener_has_all);
      fail_point(FailPoint::after_reply);
      lock.lock();
    }
  }

  bool show(const events::Frame& frame) {
    if (frame.events.empty()) return true;
    const auto seen = listener.on_frame(frame);
    if (!seen.has_value()) {
      fail(seen.error());
      return false;
    }
    published.store(frame.last().value, std::memory_order_release);
    return true;
  }

  // Who wakes finds the mutex free, and does not wait again at once.
  static void notify(std::condition_variable& whom, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    whom.notify_one();
    lock.lock();
  }

  // ---- Failure ----------------------------------------------------------------------------------

  bool has_failed() {
    const std::lock_guard lock(mutex);
    return failed;
  }

  void fail(const Fault& why) {
    {
      const std::lock_guard lock(mutex);
      if (failed) return;
      failed = true;
    }
    sequencer_wakes.notify_one();
    if (options.on_fatal) options.on_fatal(why);
  }

  // After the threads have ended: nothing that was taken stays without a reply.
  void answer_the_rest() {
    if (sequencer.has_work()) deliver(sequencer.seal(), false);
    std::vector<Reply> replies;
    std::vector<ReplySink*> sinks;
    const auto answer = [&](const Submission& submission) {
      if (submission.reply_to.sink == nullptr) return;
      replies.push_back({.token = submission.reply_to.token,
                         .kind = Reply::Kind::outcome_unknown,
                         .first = {},
                         .last = {}});
      sinks.push_back(submission.reply_to.sink);
    };
    while (batch_next < batch.size()) answer(batch[batch_next++]);
    for (const Submission& submission : queue) answer(submission);
    queue.clear();
    deliver(std::move(replies), sinks);
  }

  log::EventLog& log;
  Clock& clock;
  FrameListener& listener;
  PipelineOptions options;

  // The sequencer thread's alone while it runs.
  Sequencer sequencer;
  std::vector<Submission> batch;  // taken from the queue; decided up to `batch_next`
  std::size_t batch_next = 0;
  std::int64_t frame_commands = 0;  // decided for the open frame

  std::atomic<std::uint64_t> applied{0};
  std::atomic<std::uint64_t> durable{0};
  std::atomic<std::uint64_t> published{0};
  std::atomic<std::uint64_t> commands{0};
  std::atomic<std::uint64_t> frames{0};
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> too_slow{0};
  std::atomic<std::uint64_t> locks{0};
  std::atomic<std::uint64_t> pending_bookings{0};
  Histogram batch_sizes{batch_bounds};
  Histogram sync_us{sync_bounds_us};
  RecentHistogram recent_sync_us{sync_bounds_us};

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable sequencer_wakes;
  std::condition_variable log_wakes;
  std::condition_variable publisher_wakes;
  std::vector<Submission> queue;
  // Of those that were taken and that the log was not given yet: when the oldest was submitted.
  std::optional<SteadyClock::time_point> waits_since;
  std::optional<SealedFrame> to_log;
  std::deque<std::pair<SealedFrame, bool>> to_publish;  // with: is it durable?
  bool log_is_idle = true;
  bool waits_for_log = false;  // the sequencer, with a frame
  bool accepting = false;
  bool stopping = false;
  bool failed = false;
  bool sequencer_done = false;
  bool log_done = false;

  std::vector<std::thread> threads;
};

Pipeline::Pipeline(domain::State state, log::EventLog& log, Clock& clock, FrameListener& listener,
                   PipelineOptions options)
    : impl_(std::make_unique<Impl>(std::move(state), log, clock, listener, std::move(options))) {}

Pipeline::~Pipeline() { stop(); }

void Pipeline::start() {
  ENSURE(impl_->threads.empty(), "a pipeline is started once");
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->accepting = true;
  }
  impl_->threads.emplace_back([impl = impl_.get()] { impl->sequence(); });
  impl_->threads.emplace_back([impl = impl_.get()] { impl->append(); });
  impl_->threads.emplace_back([impl = impl_.get()] { impl->publish(); });
}

bool Pipeline::submit(Submission submission, Wake wake) {
  const auto now = impl_->options.steady_now();
  submission.submitted = now;
  {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->accepting || impl_->failed) return false;
    if (impl_->waits_too_long(impl_->oldest_or(now), now)) {
      impl_->too_slow.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    if (impl_->queue.size() >= impl_->options.queue_depth_max) {
      impl_->rejected.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    impl_->queue.push_back(std::move(submission));
  }
  if (wake == Wake::now) impl_->sequencer_wakes.notify_one();
  return true;
}

void Pipeline::wake() { impl_->sequencer_wakes.notify_one(); }

void Pipeline::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->accepting = false;
    impl_->stopping = true;
  }
  impl_->sequencer_wakes.notify_one();
  for (std::thread& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
  impl_->answer_the_rest();
}

Pipeline::Positions Pipeline::positions() const {
  // Read in this order, each is at most the one before it.
  const Position published(impl_->published.load(std::memory_order_acquire));
  const Position durable(impl_->durable.load(std::memory_order_acquire));
  const Position applied(impl_->applied.load(std::memory_order_acquire));
  return {.applied = applied, .durable = durable, .published = published};
}

Pipeline::Counters Pipeline::counters() const {
  Counters counters{.commands = impl_->commands.load(std::memory_order_relaxed),
                    .frames = impl_->frames.load(std::memory_order_relaxed),
                    .rejected = impl_->rejected.load(std::memory_order_relaxed),
                    .too_slow = impl_->too_slow.load(std::memory_order_relaxed),
                    .queue_depth_max = impl_->options.queue_depth_max,
                    .locks = impl_->locks.load(std::memory_order_relaxed),
                    .pending_bookings = impl_->pending_bookings.load(std::memory_order_relaxed)};
  const auto now = impl_->options.steady_now();
  const std::lock_guard lock(impl_->mutex);
  counters.oldest_wait =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - impl_->oldest_or(now));
  counters.queue_depth = impl_->queue.size();
  counters.accepting = impl_->accepting && !impl_->failed;
  return counters;
}

Pipeline::Histograms Pipeline::histograms() const {
  return {.sync_us = impl_->sync_us.counts(),
          .recent_sync_us = impl_->recent_sync_us.counts(std::chrono::steady_clock::now()),
          .batch = impl_->batch_sizes.counts()};
}

}  // namespace boxoffice::engine
