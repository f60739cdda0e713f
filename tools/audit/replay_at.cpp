#include "tools/audit/replay_at.h"

#include <fmt/format.h>

#include <charconv>
#include <ostream>
#include <string>

#include "base/bytes.h"
#include "engine/domain/digest.h"
#include "http/json/write.h"
#include "tools/audit/checked_replay.h"
#include "tools/audit/source.h"
#include "tools/audit/state_views.h"

namespace boxoffice::tools::audit {

namespace {

Result<void> replay_to(const engine::log::EventLog& log, const Moment& at, Talk talk,
                       CheckedReplay& replay) {
  const Position end = log.head().last;
  const Position to = at.position.value_or(end);
  if (to > end) {
    return fault(
        FaultKind::not_found,
        fmt::format("position {} is not in the log, which ends at {}", to.value, end.value));
  }
  Progress progress(talk, "replaying", to.value);
  return walk(
      log, {.to = to}, progress,
      [&](const engine::log::StoredFrame& stored, const events::Frame& frame) -> Result<Step> {
        if (at.time && stored.time > *at.time) return Step::stop;
        TRY(replay.apply(stored, frame, to));
        return Step::go_on;
      });
}

// One view of the state, if there was anything to view.
template <class View>
Result<void> print(const std::optional<View>& view, std::string_view what,
                   const engine::domain::State& state, bool json, std::ostream& out) {
  if (!view) {
    return fault(FaultKind::not_found,
                 fmt::format("there was no {} at position {}", what, state.position.value));
  }
  out << (json ? http::json::to_json(*view) + "\n" : text_of(*view));
  return check_written(out);
}

}  // namespace

Result<Moment> parse_moment(std::string_view text) {
  if (text.empty()) return Moment{};
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) {
    return Moment{.position = Position(number)};
  }
  const auto time = parse_instant(text);
  if (time) return Moment{.time = time};
  return fault(
      FaultKind::invalid,
      fmt::format("--at: {} is neither a position nor a time like 2024-06-15T20:00:00Z", text));
}

Result<void> replay_at(const engine::log::EventLog& log, const ReplayOptions& options,
                       std::ostream& out, Talk talk) {
  CheckedReplay replay;
  TRY(replay_to(log, options.at, talk, replay));
  const auto& state = replay.state();
  if (options.digest) {
    const std::string digest = to_hex(engine::domain::digest_of(state).bytes);
    out << (options.json ? http::json::to_object("digest", digest) : digest) << '\n';
    return check_written(out);
  }
  if (options.show_id) {
    return print(show_then(state, options.show_id), fmt::format("show {}", options.show_id.value),
                 state, options.json, out);
  }
  if (options.booking_id) {
    return print(booking_then(state, options.booking_id),
                 fmt::format("booking {}", options.booking_id.value), state, options.json, out);
  }
  if (options.user_id) {
    return print(user_then(state, options.user_id), fmt::format("user {}", options.user_id.value),
                 state, options.json, out);
  }
  return print(std::optional(summary_of(state)), "state", state, options.json, out);
}

}  // namespace boxoffice::tools::audit
