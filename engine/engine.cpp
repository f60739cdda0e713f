#include "engine/engine.h"

#include <fmt/format.h>

#include <utility>

#include "base/ensure.h"
#include "engine/domain/evolve.h"
#include "engine/log/frame.h"

namespace boxoffice::engine {

Result<domain::State> replay(const log::EventLog& log,
                             const std::function<Result<void>(const events::Frame&)>& seen) {
  domain::State state;
  const auto cursor = log.read(Position(1));
  while (true) {
    TRY(auto stored, cursor->next());
    if (!stored) return state;
    if (stored->logic_version > domain::logic_version) {
      return fault(FaultKind::newer_format,
                   fmt::format("position {}: written by a newer version of this program (logic {})",
                               stored->first.value, stored->logic_version));
    }
    TRY(const auto frame, log::decode_events(*stored));
    for (const auto& event : frame.events) domain::evolve(state, event);
    if (domain::digest_of(state) != stored->digest) {
      return fault(FaultKind::corrupt,
                   fmt::format("frame at position {}: the state after it is not the one that was "
                               "recorded when it was written (digest {}, recorded {})",
                               stored->first.value, to_hex(domain::digest_of(state).bytes),
                               to_hex(stored->digest.bytes)));
    }
    TRY(seen(frame));
  }
}

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

Result<std::unique_ptr<Engine>> Engine::recover(log::EventLog& log, Clock& clock,
                                                FrameListener& listener, Position listener_position,
                                                PipelineOptions options) {
  Recovery recovery{.last = log.head().last};
  if (listener_position > recovery.last) {
    return fault(FaultKind::corrupt,
                 fmt::format("the read models are at position {}, beyond the log's end {}: they "
                             "belong to another log; delete the directory read/ to rebuild them",
                             listener_position.value, recovery.last.value));
  }
  TRY(auto state, replay(log, [&](const events::Frame& frame) -> Result<void> {
        recovery.replayed += frame.events.size();
        if (frame.last() <= listener_position) return success();
        recovery.folded += frame.events.size();
        return listener.on_frame(frame);
      }));
  recovery.last_time = state.now;
  return std::unique_ptr<Engine>(
      new Engine(std::move(state), log, clock, listener, std::move(options), recovery));
}

Result<Reply> Engine::load(Reply replayed) const {
  ENSURE(replayed.kind == Reply::Kind::replayed, "only a replayed answer is loaded");
  TRY(replayed.frame, load_frame(log_, replayed.first, replayed.last));
  replayed.kind = Reply::Kind::done;
  return replayed;
}

}  // namespace boxoffice::engine
