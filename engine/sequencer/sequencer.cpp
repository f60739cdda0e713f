#include "engine/sequencer/sequencer.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::engine {

using domain::Retry;

Sequencer::Sequencer(domain::State state, const domain::Rules& rules)
    : state_(std::move(state)), rules_(rules) {}

void Sequencer::open(Instant now) {
  if (open_ && has_work()) return;  // its time is set; an empty one may still start later
  frame_->time = std::max(now, state_.now);
  open_ = true;
  expire_what_is_due();
}

void Sequencer::expire_what_is_due() {
  while (domain::is_due(state_, frame_->time)) {
    const Submission passing{.command = domain::AdvanceTime{},
                             .actor = {.kind = events::ActorKind::system, .user_id = {}}};
    auto decision =
        domain::decide(state_, passing.command, {.now = frame_->time, .actor = passing.actor});
    append(std::get<domain::Accepted>(std::move(decision)), passing);
  }
}

void Sequencer::add(Submission submission) {
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

void Sequencer::append(std::vector<events::EventBody> bodies, const Submission& submission) {
  ENSURE(!bodies.empty(), "every command leaves a trace");
  const Position first = state_.position.next();
  for (auto& body : bodies) {
    events::Event& event = frame_->events.emplace_back();
    event.position = state_.position.next();
    event.command = first;
    event.time = frame_->time;
    event.actor = submission.actor;
    event.cause = submission.cause;
    event.idempotency = submission.idempotency;
    event.trace = submission.trace;
    event.body = std::move(body);
    domain::evolve(state_, event);
    encoder_.add(event);
  }
  reply_later({.to = submission.reply_to,
               .kind = Reply::Kind::done,
               .first = first,
               .last = state_.position});
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
