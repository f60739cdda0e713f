#include "engine/sequencer/sequencer.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::engine {

using domain::Retry;

namespace {

constexpr std::size_t expired_together_max = 64;

}  // namespace

Sequencer::Sequencer(domain::State state, const domain::Rules& rules)
    : state_(std::move(state)), rules_(rules) {}

void Sequencer::open(Instant now) {
  if (open_ && has_work()) return;  // its time is set; an empty one may still start later
  frame_->time = std::max(now, state_.now);
  open_ = true;
  expire_what_is_due();
}

// All that is due at once is of one command. A few at a time: a list of all of them would not stay
// in the cache.
void Sequencer::expire_what_is_due() {
  if (!domain::is_due(state_, frame_->time)) return;
  const Submission passing{.command = domain::AdvanceTime{},
                           .actor = {.kind = events::ActorKind::system, .user_id = {}}};
  const Position first = state_.position.next();
  do {
    auto decision = domain::decide(
        state_, passing.command,
        {.now = frame_->time, .actor = passing.actor, .expiries_max = expired_together_max});
    for (auto& body : std::get<domain::Accepted>(decision)) {
      append(std::move(body), first, passing, {});
    }
  } while (domain::is_due(state_, frame_->time));
}

void Sequencer::add(Submission&& submission) {
  ENSURE(open_, "a frame is open");
  expire_what_is_due();

  if (submission.idempotency) {
    const Retry retry = domain::find_retry(state_, *submission.idempotency, frame_->time);
    if (retry.kind == Retry::Kind::same_request) {
      // Positions up to state_.position are durable once this frame is: no reply overtakes its log.
      reply_later({.to = submission.reply_to,
                   .kind = Reply::Kind::replayed,
                   .first = retry.first,
                   .last = retry.last});
      return;
    }
    if (retry.kind == Retry::Kind::other_request) {
      submission.idempotency.reset();  // the key stays with the request that it came with first
      append({domain::trace_of(submission.command, {events::Refusal::idempotency_key_reused, {}})},
             submission);
      return;
    }
  }

  auto decision = domain::decide(state_, submission.command,
                                 {.now = frame_->time, .actor = submission.actor, .rules = rules_});
  if (const auto* refused = std::get_if<domain::Refused>(&decision)) {
    append({domain::trace_of(submission.command, *refused)}, submission);
  } else {
    append(std::get<domain::Accepted>(std::move(decision)), submission);
  }
}

void Sequencer::pass_over(const Submission& submission) {
  reply_later({.to = submission.reply_to, .kind = Reply::Kind::too_late});
}

void Sequencer::note_times(CommandTimes::Time taken, CommandTimes::Time decided) {
  for (; timed_ < replies_.size(); ++timed_) {
    replies_[timed_].times.taken = taken;
    replies_[timed_].times.decided = decided;
  }
}

void Sequencer::append(std::vector<events::EventBody> bodies, Submission& submission) {
  ENSURE(!bodies.empty(), "every command leaves a trace");
  const Position first = state_.position.next();
  for (std::size_t i = 0; i + 1 < bodies.size(); ++i) {
    append(std::move(bodies[i]), first, submission, std::string(submission.cause));
  }
  append(std::move(bodies.back()), first, submission, std::move(submission.cause));
  reply_later({.to = submission.reply_to,
               .kind = Reply::Kind::done,
               .first = first,
               .last = state_.position});
}

void Sequencer::append(events::EventBody&& body, Position command, const Submission& submission,
                       std::string&& cause) {
  const events::Event& event =
      frame_->events.emplace_back(events::Event{.position = state_.position.next(),
                                                .command = command,
                                                .time = frame_->time,
                                                .actor = submission.actor,
                                                .cause = std::move(cause),
                                                .idempotency = submission.idempotency,
                                                .trace = submission.trace,
                                                .body = std::move(body)});
  domain::evolve(state_, event);
  encoder_.add(event);
}

void Sequencer::reply_later(const PendingReply& reply) {
  if (reply.to.sink != nullptr) replies_.push_back(reply);
}

SealedFrame Sequencer::seal() {
  ENSURE(has_work(), "a sealed frame has work");
  SealedFrame sealed;
  sealed.digest = domain::digest_of(state_);
  if (!frame_->events.empty()) encoder_.finish(frame_->time, sealed.body);
  sealed.frame = std::exchange(frame_, std::make_shared<events::Frame>());
  frame_->events.reserve(sealed.frame->events.size());  // the next one will be about as large
  sealed.replies = std::exchange(replies_, {});
  timed_ = 0;
  open_ = false;
  return sealed;
}

}  // namespace boxoffice::engine
