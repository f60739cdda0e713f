#include "tools/event_feed.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "events/codec.h"
#include "events/print.h"
#include "tools/audit/mentions.h"
#include "tools/audit/redact.h"

namespace boxoffice::tools {

namespace {

bool passes(const events::Event& event, const http::api::EventFilter& filter,
            const projections::ReadModels& models) {
  if (!filter.type.empty() && events::type_name(event.body) != filter.type) return false;
  const BookingId booking_id = audit::booking_in(event.body);
  if (filter.booking_id && booking_id != filter.booking_id) return false;
  if (!filter.show_id && !filter.user_id) return true;

  ShowId show_id = audit::id_in<ShowId>(event.body);
  UserId user_id = audit::id_in<UserId>(event.body);
  if (booking_id && (!show_id || !user_id)) {
    if (const auto booking = models.booking(booking_id, event.position)) {
      if (!show_id) show_id = booking->show_id;
      if (!user_id) user_id = booking->user_id;
    }
  }
  if (filter.show_id && show_id != filter.show_id) return false;
  return !filter.user_id || user_id == filter.user_id || event.actor.user_id == filter.user_id;
}

}  // namespace

Result<http::api::EventBatch> read_events(const engine::log::EventLog& log,
                                          const projections::ReadModels& models,
                                          const http::api::EventsWanted& wanted) {
  http::api::EventBatch batch{.lines = {}, .looked_at = wanted.after};
  const auto cursor = log.read(wanted.after.next());
  std::size_t looks = 0;
  std::size_t bytes = 0;
  while (batch.looked_at < wanted.up_to) {
    TRY(const auto stored, cursor->next());
    if (!stored) break;
    TRY(auto frame, events::decode_frame(stored->body));
    for (events::Event& event : frame.events) {
      if (event.position <= wanted.after || event.position > wanted.up_to) continue;
      if (looks == wanted.looks_max || batch.lines.size() == wanted.lines_max ||
          bytes >= wanted.bytes_max) {
        return batch;
      }
      ++looks;
      batch.looked_at = event.position;
      if (!passes(event, wanted.filter, models)) continue;
      audit::redact(event);
      batch.lines.push_back({.position = event.position, .json = events::print_json(event)});
      bytes += batch.lines.back().json.size();
    }
  }
  return batch;
}

// Times of frames never go back, so the frames made by then are a beginning of the log.
Result<Position> position_at(const engine::log::EventLog& log, Instant time, Position up_to) {
  std::uint64_t by_then = 0;  // made by then
  std::uint64_t later = up_to.value + 1;
  while (later - by_then > 1) {
    TRY(const auto frame, log.read(Position(by_then + (later - by_then) / 2))->next());
    if (!frame) return fault(FaultKind::corrupt, "the log ends before it should");
    if (frame->time <= time) {
      by_then = std::min(frame->last(), up_to).value;
    } else {
      later = frame->first.value;
    }
  }
  return Position(by_then);
}

}  // namespace boxoffice::tools
