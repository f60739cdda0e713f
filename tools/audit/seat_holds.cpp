#include "tools/audit/seat_holds.h"

#include <algorithm>
#include <iterator>
#include <variant>

namespace boxoffice::tools::audit {

void SeatHolds::end(const std::vector<SeatId>& seats, const events::Event& by) {
  for (const SeatId id : seats) {
    const auto at = held_.find(id);
    if (at == held_.end()) continue;
    ended_(at->second, &by);
    held_.erase(at);
  }
}

void SeatHolds::begin(const std::vector<SeatId>& seats, const Hold& hold, const events::Event& by) {
  end(seats, by);
  for (const SeatId id : seats) {
    if (!seats_.contains(id)) continue;
    Hold& held = held_[id] = hold;
    held.seat_id = id;
    held.from = by.position;
    held.since = by.time;
  }
}

void SeatHolds::apply(const events::Event& event) {
  if (const auto* locked = std::get_if<events::SeatsLocked>(&event.body)) {
    Hold hold;
    hold.user_id = locked->user_id;
    hold.user_session = locked->user_session;
    begin(locked->seat_ids, hold, event);
  } else if (const auto* released = std::get_if<events::SeatsReleased>(&event.body)) {
    end(released->seat_ids, event);
  } else if (const auto* expired = std::get_if<events::LockExpired>(&event.body)) {
    end(expired->seat_ids, event);
  } else if (const auto* created = std::get_if<events::BookingCreated>(&event.body)) {
    std::vector<SeatId> ours;
    std::copy_if(created->seat_ids.begin(), created->seat_ids.end(), std::back_inserter(ours),
                 [&](SeatId id) { return seats_.contains(id); });
    if (ours.empty()) return;
    Hold hold;
    hold.booking_id = created->booking_id;
    hold.user_id = created->user_id;
    begin(ours, hold, event);
    bookings_[created->booking_id] = std::move(ours);
  } else if (const auto* cancelled = std::get_if<events::BookingCancelled>(&event.body)) {
    const auto at = bookings_.find(cancelled->booking_id);
    if (at != bookings_.end()) end(at->second, event);
  } else if (const auto* unpaid = std::get_if<events::BookingExpired>(&event.body)) {
    const auto at = bookings_.find(unpaid->booking_id);
    if (at != bookings_.end()) end(at->second, event);
  } else if (const auto* confirmed = std::get_if<events::BookingConfirmed>(&event.body)) {
    const auto at = bookings_.find(confirmed->booking_id);
    if (!confirmed->late || at == bookings_.end()) return;
    Hold hold;
    hold.booking_id = confirmed->booking_id;
    begin(at->second, hold, event);
  }
}

void SeatHolds::finish() {
  for (const auto& [id, hold] : held_) ended_(hold, nullptr);
}

}  // namespace boxoffice::tools::audit
