// Who held which of a few seats, from when to when: followed event by event.
//
//   free --SeatsLocked--> lock --BookingCreated--> booking --BookingCancelled--> free
//
// Keeps the present holders and the bookings that these seats ever were in, nothing else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "events/events.h"

namespace boxoffice::tools::audit {

/// One lock or one booking on one seat.
struct Hold {
  SeatId seat_id;
  Position from;  ///< the event that began it; names the lock
  Instant since;
  BookingId booking_id;  ///< none: a lock
  UserId user_id;
  std::string user_session;
};

class SeatHolds {
 public:
  /// Called at each hold's end; the event is none for a hold that lasts.
  using Ended = std::function<void(const Hold&, const events::Event*)>;

  SeatHolds(std::set<SeatId> seats, Ended ended)
      : seats_(std::move(seats)), ended_(std::move(ended)) {}

  /// REQUIRES: every event of the log, in order.
  void apply(const events::Event& event);

  /// The log is at its end: what is still held is told.
  void finish();

  const std::map<SeatId, Hold>& held() const { return held_; }
  bool has_booking(BookingId id) const { return bookings_.contains(id); }

 private:
  void end(const std::vector<SeatId>& seats, const events::Event& by);
  void begin(const std::vector<SeatId>& seats, const Hold& hold, const events::Event& by);

  const std::set<SeatId> seats_;
  const Ended ended_;
  std::map<SeatId, Hold> held_;
  std::map<BookingId, std::vector<SeatId>> bookings_;  // those of our seats that they are about
};

}  // namespace boxoffice::tools::audit
