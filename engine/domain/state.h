// Everything that decisions depend on, in memory: a pure function of the log.
//
//                     lock                     book
//            ┌──────┐ ────────> ┌────────┐ ────────> ┌────────┐
//   seat:    │ free │           │ locked │           │ booked │
//            └──────┘ <──────── └────────┘           └────────┘
//               ^      release, expire                   │
//               └────────────────────────────────────────┘
//                 cancel, expire, payment failed
//
// A deleted show takes its seats with it, a lock vanishes with its last seat, idempotency keys are
// forgotten after `idempotency_retention` of log time, lapses after `lapse_retention`. Bookings,
// payments and users stay.
//
// Invariants: see invariants.h, which checks them all.
// Threads: none of its own; the sequencer's thread owns the one that counts.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "engine/domain/digest.h"
#include "events/events.h"

namespace boxoffice::engine::domain {

/// A lock is named by the position of the event that made it.
using LockId = Position;

/// Who a seat is held for: the token's user if a token came, else the session. A user is its id, a
/// session a hash of its text with the top bit set; none is nobody in particular, a guest without a
/// session. Owners are counted and compared, never named, so that no text is kept for that. Whoever
/// wants to find a session with the hash of another one must know that one, and could use it.
using Owner = StrongId<struct OwnerTag, std::uint64_t>;
Owner owner_of(UserId user_id, std::string_view session);

/// How many seats an owner has; nobody has none. A flat table, because each lock counts up and down
/// in two of them: with one that has nodes, locking is a quarter slower.
using SeatsByOwner = boost::unordered_flat_map<Owner, std::uint32_t, std::hash<Owner>>;

enum class SeatStatus : std::uint8_t { free, locked, booked };

/// One seat. `holder` is the lock's id or the booking's; of a free seat it is the lapse by which it
/// became free, or 0 when it did so otherwise.
struct Seat {
  std::uint64_t holder : 56 = 0;
  std::uint64_t status_bits : 8 = 0;

  SeatStatus status() const { return static_cast<SeatStatus>(status_bits); }
  LockId lock() const { return LockId(holder); }
  BookingId booking() const { return BookingId(static_cast<std::uint32_t>(holder)); }
  Position lapse() const { return Position(holder); }

  /// As one number, as it is hashed and kept; 0 is a free seat that did not lapse.
  std::uint64_t word() const { return std::uint64_t{holder} << 8 | status_bits; }
  static std::optional<Seat> from_word(std::uint64_t word);
};
static_assert(sizeof(Seat) == 8, "an idle seat takes at most 16 bytes");

struct Movie {
  std::uint32_t shows = 0;  ///< that are not deleted
};
BOOST_DESCRIBE_STRUCT(Movie, (), (shows))

struct Theatre {
  std::vector<std::uint16_t> rows;
  std::uint32_t shows = 0;  ///< that are not deleted
};
BOOST_DESCRIBE_STRUCT(Theatre, (), (rows, shows))

struct Show {
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
  SeatId first_seat;
  std::vector<Seat> seats;
  std::uint32_t live_bookings = 0;  ///< pending or confirmed
  /// Seats locked, pending and confirmed by owner; at most as many entries as seats.
  SeatsByOwner held_by;
};
BOOST_DESCRIBE_STRUCT(Show, (),
                      (movie_id, theatre_id, show_date, show_time, price, first_seat, seats,
                       live_bookings, held_by))

/// Who they are is for the holder of their key to read.
struct User {
  Fingerprint email;
  UserKeyName key;
};
BOOST_DESCRIBE_STRUCT(User, (), (email, key))

/// The result of one lock call.
struct Lock {
  ShowId show_id;
  std::string session;
  UserId user_id;  ///< none when no token came
  Owner owner;     ///< of these two
  Instant since;
  Instant until;
  std::vector<SeatId> seat_ids;  ///< those it still holds; never empty
};
BOOST_DESCRIBE_STRUCT(Lock, (), (show_id, session, user_id, owner, since, until, seat_ids))

/// Room for so many locks is made at the start: a table that grows on the way stops the sequencer
/// while every entry moves, and made replay a tenth slower.
inline constexpr std::size_t locks_expected = 131'072;

/// A hold that ran out: a lock, or a booking that was not paid for. Its seats know it until
/// somebody takes them.
struct Lapse {
  Position position;  ///< of the event
  Instant time;
  Owner owner;
};
BOOST_DESCRIBE_STRUCT(Lapse, (), (position, time, owner))

/// How long a lapse is remembered, in log time: the longest cool-down there can be.
inline constexpr Duration lapse_retention = std::chrono::hours(1);

/// How many are remembered at most; beyond it the oldest are forgotten early. 24 bytes each.
inline constexpr std::size_t lapses_max = 131'072;

enum class BookingStatus : std::uint8_t { pending, confirmed, cancelled };
BOOST_DESCRIBE_ENUM(BookingStatus, pending, confirmed, cancelled)

struct Booking {
  UserId user_id;
  ShowId show_id;
  BookingStatus status = BookingStatus::pending;
  events::CancelReason cancel_reason = events::CancelReason::user;  ///< when cancelled
  bool guest = false;                                               ///< made without a token
  std::string session;                                              ///< the owner when `guest`
  Money total;
  Instant expires_at;
  std::vector<SeatId> seat_ids;
  PaymentId payment_id;  ///< the latest one
};
BOOST_DESCRIBE_STRUCT(Booking, (),
                      (user_id, show_id, status, cancel_reason, guest, session, total, expires_at,
                       seat_ids, payment_id))

enum class PaymentStatus : std::uint8_t { pending, succeeded, failed };
BOOST_DESCRIBE_ENUM(PaymentStatus, pending, succeeded, failed)

struct Payment {
  BookingId booking_id;
  Money amount;
  PaymentStatus status = PaymentStatus::pending;
  bool refund_due = false;
};
BOOST_DESCRIBE_STRUCT(Payment, (), (booking_id, amount, status, refund_due))

/// How long an Idempotency-Key is remembered, in log time.
inline constexpr Duration idempotency_retention = std::chrono::hours(24);

/// How many are remembered at most; beyond it the oldest are forgotten early. About 120 bytes each.
inline constexpr std::size_t idempotency_keys_max = 1'000'000;

/// What became of a keyed command: the positions of its events, and when.
struct KeptOutcome {
  Fingerprint request;
  Position first;
  Position last;
  Instant time;
};
BOOST_DESCRIBE_STRUCT(KeptOutcome, (), (request, first, last, time))

struct State {
  Position position;  ///< of the last event that was applied
  Instant now;        ///< its time

  // The next id of each kind.
  MovieId next_movie{1};
  TheatreId next_theatre{1};
  ShowId next_show{1};
  SeatId next_seat{1};
  UserId next_user{1};
  BookingId next_booking{1};
  PaymentId next_payment{1};

  std::unordered_map<MovieId, Movie> movies;
  std::unordered_map<TheatreId, Theatre> theatres;
  std::unordered_map<ShowId, Show> shows;
  std::unordered_map<UserId, User> users;
  std::unordered_map<Fingerprint, UserId> users_by_email;
  std::map<UserId, UserKeyName> erased_users;  ///< to their keys, which must not exist any more
  std::unordered_map<LockId, Lock> locks;
  SeatsByOwner locked_by;    ///< in all shows
  std::deque<Lapse> lapses;  ///< oldest first
  std::unordered_map<BookingId, Booking> bookings;
  std::unordered_map<PaymentId, Payment> payments;
  std::unordered_map<Uuid, PaymentId> payments_by_transaction;

  // What expires next, in order of time; ties in order of creation.
  std::set<std::pair<Instant, LockId>> lock_deadlines;
  std::set<std::pair<Instant, BookingId>> booking_deadlines;

  std::unordered_map<Fingerprint, KeptOutcome> idempotency;
  std::deque<std::pair<Instant, Fingerprint>> idempotency_order;  ///< oldest first

  ElementSum elements;  ///< of all of the above; see digest.h
};
/// All but `elements`, which is computed from the rest.
BOOST_DESCRIBE_STRUCT(State, (),
                      (position, now, next_movie, next_theatre, next_show, next_seat, next_user,
                       next_booking, next_payment, movies, theatres, shows, users, users_by_email,
                       erased_users, locks, locked_by, lapses, bookings, payments,
                       payments_by_transaction, lock_deadlines, booking_deadlines, idempotency,
                       idempotency_order))

/// When something expires next, if anything does.
std::optional<Instant> next_deadline(const State& state);

/// The lapse at that position; none when it is forgotten, or there never was one.
const Lapse* find_lapse(const State& state, Position position);

/// The seat in its show. REQUIRES: seat_in_show().
Seat& seat_of(Show& show, SeatId id);
const Seat& seat_of(const Show& show, SeatId id);
bool seat_in_show(const Show& show, SeatId id);

/// A look-up that says "none" by nullptr.
template <class Map, class Key>
auto* find_or_null(Map& map, const Key& key) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace boxoffice::engine::domain
