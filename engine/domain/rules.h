// The numbers and policies that decisions follow. They are configuration: events carry results (an
// expiry as an instant), so changing a rule never changes what the log means.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace boxoffice::engine::domain {

struct Rules {
  /// How long a lock holds, and how long renewals may stretch it from its first second.
  Duration lock_ttl = std::chrono::minutes(5);
  Duration lock_ttl_max = std::chrono::minutes(15);

  /// How long a booking waits for its payment; initiating a payment adds the grace, once.
  Duration payment_deadline = std::chrono::minutes(10);
  Duration payment_grace = std::chrono::minutes(2);

  /// Seats that one owner may have locked, pending and confirmed in one show.
  std::uint32_t seats_per_owner_max = 10;

  /// Seats that one owner may have locked at once, in all shows together.
  std::uint32_t live_locks_per_owner_max = 1'000;

  /// For so long an owner may not lock a seat again that it let lapse, unless somebody else had it
  /// meanwhile. At most `lapse_retention`.
  Duration lock_cooldown{0};

  /// A booking must prove a lock: free seats cannot be booked, nor locked ones without the lock's
  /// session or its user's token (`LOCK_PROOF=required`).
  bool lock_proof_required = false;

  /// The demo profile: guests may book free seats, anyone may book for any address, and guest
  /// bookings can be cancelled without a token. Off in production.
  bool open_access = true;
};

}  // namespace boxoffice::engine::domain
