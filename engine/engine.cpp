#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ensure.h"
#include "engine/log/frame.h"

namespace boxoffice::engine {

Result<std::shared_ptr<const events::Frame>> load_frame(const log::EventLog& log, Position first,
                                                        Position last) {
  TRY(auto stored, log.read(first)->next());
  if (!stored || stored->first > first || stored->last() < last) {
    return fault(FaultKind::corrupt,
                 fmt::format("positions {}-{} are not in the log", first.value, last.value));
  }
  TRY(auto frame, log::decode_events(*stored));
  return std::make_shared<const events::Frame>(std::move(frame));
}

NamedUserKeys named_user_keys(const domain::State& state) {
  NamedUserKeys named;
  for (const auto& [id, user] : state.users) {
    named.last = std::max(named.last, user.key.id);
    named.newest_user = std::max(named.newest_user, id);
    named.in_use.push_back(user.key);
  }
  for (const auto& [id, key] : state.erased_users) {
    named.last = std::max(named.last, key.id);
    named.erased.push_back(key);
  }
  return named;
}

Result<std::unique_ptr<Engine>> Engine::recover(log::EventLog& log, Clock& clock,
                                                FrameListener& listener, Position listener_position,
                                                PipelineOptions options, Snapshot snapshot) {
  Recovery recovery{.last = log.head().last, .snapshot = snapshot.head.last};
  if (listener_position > recovery.last) {
    return fault(FaultKind::corrupt,
                 fmt::format("the read models are at position {}, beyond the log's end {}: they "
                             "belong to another log; delete the directory read/ to rebuild them",
                             listener_position.value, recovery.last.value));
  }
  TRY(replay_on(snapshot, log, listener_position, [&](const events::Frame& frame) {
    recovery.folded += frame.events.size();
    return listener.on_frame(frame);
  }));
  recovery.replayed = recovery.last.value - recovery.snapshot.value;
  recovery.last_time = snapshot.state.now;
  return std::unique_ptr<Engine>(
      new Engine(std::move(snapshot.state), log, clock, listener, std::move(options), recovery));
}

Result<Reply> Engine::load(Reply replayed) const {
  ENSURE(replayed.kind == Reply::Kind::replayed, "only a replayed answer is loaded");
  TRY(replayed.frame, load_frame(log_, replayed.first, replayed.last));
  replayed.kind = Reply::Kind::done;
  return replayed;
}

}  // namespace boxoffice::engine
