#include "engine/domain/evolve.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/ensure.h"
#include "engine/domain/elements.h"

namespace boxoffice::engine::domain {

namespace {

// ---- Facts, and their elements in the digest ----------------------------------------------------

template <class Map, class Id, class Fact>
auto insert(State& state, Map& map, const Id& id, Fact fact) {
  const auto inserted = map.emplace(id, std::move(fact));
  if (inserted.second) state.elements.add(element_of(id, inserted.first->second));
  return inserted;
}

template <class Map>
void erase(State& state, Map& map, typename Map::iterator at) {
  state.elements.remove(element_of(at->first, at->second));
  map.erase(at);
}

void set_seat(State& state, SeatId id, Seat& seat, SeatStatus status, std::uint64_t holder) {
  if (seat.word() != 0) state.elements.remove(element_of(id, seat));
  seat.status_bits = static_cast<std::uint64_t>(status) & 0xFF;
  seat.holder = holder & ((std::uint64_t{1} << 56) - 1);
  if (seat.word() != 0) state.elements.add(element_of(id, seat));
}

// ---- Seats --------------------------------------------------------------------------------------

void count_more(SeatsByOwner& counts, Owner owner, std::size_t seats) {
  if (!owner) return;
  counts[owner] += static_cast<std::uint32_t>(seats);
}

void count_less(SeatsByOwner& counts, Owner owner, std::size_t seats) {
  if (!owner) return;
  const auto counted = counts.find(owner);
  ENSURE(counted != counts.end() && counted->second >= seats, "an owner's seats were counted");
  counted->second -= static_cast<std::uint32_t>(seats);
  if (counted->second == 0) counts.erase(counted);
}

// The position for the seats that became free by it; 0 when they were nobody's in particular.
std::uint64_t keep_lapse(State& state, const events::Event& event, Owner owner) {
  if (!owner) return 0;
  while (!state.lapses.empty() && (event.time - state.lapses.front().time >= lapse_retention ||
                                   state.lapses.size() >= lapses_max)) {
    state.elements.remove(element_of(state.lapses.front()));
    state.lapses.pop_front();
  }
  state.lapses.push_back({.position = event.position, .time = event.time, .owner = owner});
  state.elements.add(element_of(state.lapses.back()));
  return event.position.value;
}

// The lock forgets the seat, and vanishes with its last one.
void take_from_lock(State& state, Show& show, LockId lock_id, SeatId seat_id) {
  const auto at = state.locks.find(lock_id);
  ENSURE(at != state.locks.end(), "a locked seat has a lock");
  Lock& lock = at->second;
  const auto seat = std::find(lock.seat_ids.begin(), lock.seat_ids.end(), seat_id);
  ENSURE(seat != lock.seat_ids.end(), "a lock knows its seats");
  lock.seat_ids.erase(seat);
  count_less(show.held_by, lock.owner, 1);
  count_less(state.locked_by, lock.owner, 1);
  if (lock.seat_ids.empty()) {
    state.lock_deadlines.erase({lock.until, lock_id});
    erase(state, state.locks, at);
  }
}

void free_locked_seats(State& state, ShowId show_id, const std::vector<SeatId>& seat_ids) {
  Show& show = state.shows.at(show_id);
  for (const SeatId id : seat_ids) {
    Seat& seat = seat_of(show, id);
    ENSURE(seat.status() == SeatStatus::locked, "only a locked seat is given back");
    take_from_lock(state, show, seat.lock(), id);
    set_seat(state, id, seat, SeatStatus::free, 0);
  }
}

// All that the lock still held.
void expire_lock(State& state, const events::Event& event, const events::LockExpired& e) {
  ENSURE(!e.seat_ids.empty(), "a lock holds seats");
  Show& show = state.shows.at(e.show_id);
  const Seat& first = seat_of(show, e.seat_ids.front());
  ENSURE(first.status() == SeatStatus::locked, "only a locked seat lapses");
  const LockId lock_id = first.lock();
  const auto at = state.locks.find(lock_id);
  ENSURE(at != state.locks.end() && at->second.seat_ids == e.seat_ids,
         "a lock lapses with all its seats");
  const Lock& lock = at->second;
  const std::uint64_t lapse = keep_lapse(state, event, lock.owner);
  for (const SeatId id : e.seat_ids) {
    set_seat(state, id, seat_of(show, id), SeatStatus::free, lapse);
  }
  count_less(show.held_by, lock.owner, e.seat_ids.size());
  count_less(state.locked_by, lock.owner, e.seat_ids.size());
  state.lock_deadlines.erase({lock.until, lock_id});
  erase(state, state.locks, at);
}

// ---- Bookings -----------------------------------------------------------------------------------

Owner booker(const Booking& booking) {
  return owner_of(booking.guest ? UserId() : booking.user_id, booking.session);
}

void take_seats(State& state, BookingId id, const Booking& booking) {
  Show& show = state.shows.at(booking.show_id);
  for (const SeatId seat_id : booking.seat_ids) {
    Seat& seat = seat_of(show, seat_id);
    ENSURE(seat.status() != SeatStatus::booked, "no seat is ever sold twice");
    if (seat.status() == SeatStatus::locked) take_from_lock(state, show, seat.lock(), seat_id);
    set_seat(state, seat_id, seat, SeatStatus::booked, id.value);
  }
  count_more(show.held_by, booker(booking), booking.seat_ids.size());
  ++show.live_bookings;
}

// `lapse`: see Seat::holder.
void cancel(State& state, BookingId id, events::CancelReason reason, std::uint64_t lapse) {
  Booking& booking = state.bookings.at(id);
  ENSURE(booking.status != BookingStatus::cancelled, "a booking is cancelled once");
  const ElementChange change(state.elements, id, booking);
  if (booking.status == BookingStatus::pending) {
    state.booking_deadlines.erase({booking.expires_at, id});
  }
  booking.status = BookingStatus::cancelled;
  booking.cancel_reason = reason;

  Show& show = state.shows.at(booking.show_id);
  for (const SeatId seat_id : booking.seat_ids) {
    Seat& seat = seat_of(show, seat_id);
    ENSURE(seat.status() == SeatStatus::booked && seat.booking() == id,
           "a live booking has its seats");
    set_seat(state, seat_id, seat, SeatStatus::free, lapse);
  }
  count_less(show.held_by, booker(booking), booking.seat_ids.size());
  ENSURE(show.live_bookings > 0, "live bookings are counted");
  --show.live_bookings;
}

template <class Id>
void count_up(Id& next, Id created) {
  ENSURE(created == next, "ids are counted without gaps");
  next = next.next();
}

// ---- One overload an event ----------------------------------------------------------------------

struct Evolve {
  State& state;
  const events::Event& event;

  void operator()(const events::MovieCreated& e) {
    count_up(state.next_movie, e.movie_id);
    insert(state, state.movies, e.movie_id, Movie{});
  }
  void operator()(const events::MovieChanged& e) {
    ENSURE(state.movies.contains(e.movie_id), "a changed movie exists");
  }
  void operator()(const events::MovieDeleted& e) {
    const auto at = state.movies.find(e.movie_id);
    ENSURE(at != state.movies.end() && at->second.shows == 0, "a deleted movie has no shows");
    erase(state, state.movies, at);
  }

  void operator()(const events::TheatreCreated& e) {
    count_up(state.next_theatre, e.theatre_id);
    insert(state, state.theatres, e.theatre_id, Theatre{.rows = e.rows});
  }
  void operator()(const events::TheatreChanged& e) {
    Theatre& theatre = state.theatres.at(e.theatre_id);
    ENSURE(theatre.shows == 0 || theatre.rows == e.rows, "a hall in use keeps its seats");
    const ElementChange change(state.elements, e.theatre_id, theatre);
    theatre.rows = e.rows;
  }
  void operator()(const events::TheatreDeleted& e) {
    const auto at = state.theatres.find(e.theatre_id);
    ENSURE(at != state.theatres.end() && at->second.shows == 0, "a deleted theatre has no shows");
    erase(state, state.theatres, at);
  }

  void operator()(const events::ShowCreated& e) {
    count_up(state.next_show, e.show_id);
    ENSURE(e.first_seat == state.next_seat, "seats are numbered without gaps");
    const auto seats = std::accumulate(e.rows.begin(), e.rows.end(), std::uint32_t{0});
    state.next_seat = SeatId(e.first_seat.value + seats);
    ++state.movies.at(e.movie_id).shows;
    ++state.theatres.at(e.theatre_id).shows;
    insert(state, state.shows, e.show_id,
           Show{.movie_id = e.movie_id,
                .theatre_id = e.theatre_id,
                .show_date = e.show_date,
                .show_time = e.show_time,
                .price = e.price,
                .first_seat = e.first_seat,
                .seats = std::vector<Seat>(seats),
                .live_bookings = 0,
                .held_by = {}});
  }
  void operator()(const events::ShowChanged& e) {
    Show& show = state.shows.at(e.show_id);
    const ElementChange change(state.elements, e.show_id, show);
    show.show_date = e.show_date;
    show.show_time = e.show_time;
    show.price = e.price;
  }
  void operator()(const events::ShowDeleted& e) {
    const auto at = state.shows.find(e.show_id);
    ENSURE(at != state.shows.end(), "a deleted show exists");
    ENSURE(at->second.live_bookings == 0 && at->second.held_by.empty(), "a deleted show is empty");
    --state.movies.at(at->second.movie_id).shows;
    --state.theatres.at(at->second.theatre_id).shows;
    for (std::uint32_t i = 0; i < at->second.seats.size(); ++i) {
      set_seat(state, SeatId(at->second.first_seat.value + i), at->second.seats[i],
               SeatStatus::free, 0);
    }
    erase(state, state.shows, at);
  }

  void operator()(const events::UserRegistered& e) {
    count_up(state.next_user, e.user_id);
    ENSURE(state.users_by_email.emplace(e.email_fingerprint, e.user_id).second,
           "an address is one user");
    insert(state, state.users, e.user_id,
           User{.email = e.email_fingerprint, .key = {e.key, e.key_check}});
  }
  void operator()(const events::UserChanged& e) {
    ENSURE(state.users.contains(e.user_id), "a changed user exists");
  }
  void operator()(const events::UserRoleChanged& e) {
    ENSURE(state.users.contains(e.user_id), "a changed user exists");
  }
  void operator()(const events::UserLoggedIn& e) {
    ENSURE(state.users.contains(e.user_id), "who logs in exists");
  }
  void operator()(const events::UserErased& e) {
    const auto at = state.users.find(e.user_id);
    ENSURE(at != state.users.end() && at->second.key.id == e.key, "who is erased exists");
    const UserKeyName key = at->second.key;
    state.users_by_email.erase(at->second.email);
    erase(state, state.users, at);
    insert(state, state.erased_users, e.user_id, key);
  }

  void operator()(const events::SeatsLocked& e) {
    Show& show = state.shows.at(e.show_id);
    const LockId id = event.position;
    for (const SeatId seat_id : e.seat_ids) {
      Seat& seat = seat_of(show, seat_id);
      ENSURE(seat.status() != SeatStatus::booked, "a booked seat cannot be locked");
      if (seat.status() == SeatStatus::locked) take_from_lock(state, show, seat.lock(), seat_id);
      set_seat(state, seat_id, seat, SeatStatus::locked, id.value);
    }
    const Owner owner = owner_of(e.user_id, e.user_session);
    count_more(show.held_by, owner, e.seat_ids.size());
    count_more(state.locked_by, owner, e.seat_ids.size());
    insert(state, state.locks, id,
           Lock{.show_id = e.show_id,
                .session = e.user_session,
                .user_id = e.user_id,
                .owner = owner,
                .since = e.since,
                .until = e.until,
                .seat_ids = e.seat_ids});
    state.lock_deadlines.emplace_hint(state.lock_deadlines.end(), e.until, id);
  }
  void operator()(const events::SeatsReleased& e) {
    free_locked_seats(state, e.show_id, e.seat_ids);
  }
  void operator()(const events::LockExpired& e) { expire_lock(state, event, e); }

  void operator()(const events::BookingCreated& e) {
    count_up(state.next_booking, e.booking_id);
    const auto [at, added] = insert(state, state.bookings, e.booking_id,
                                    Booking{.user_id = e.user_id,
                                            .show_id = e.show_id,
                                            .status = BookingStatus::pending,
                                            .guest = e.guest,
                                            .session = e.user_session,
                                            .total = e.total_amount,
                                            .expires_at = e.expires_at,
                                            .seat_ids = e.seat_ids,
                                            .payment_id = {}});
    ENSURE(added, "a booking is created once");
    take_seats(state, e.booking_id, at->second);
    state.booking_deadlines.emplace_hint(state.booking_deadlines.end(), e.expires_at, e.booking_id);
  }
  void operator()(const events::BookingConfirmed& e) {
    Booking& booking = state.bookings.at(e.booking_id);
    const ElementChange change(state.elements, e.booking_id, booking);
    if (booking.status == BookingStatus::pending) {
      ENSURE(!e.late, "a pending booking is paid in time");
      state.booking_deadlines.erase({booking.expires_at, e.booking_id});
    } else {
      ENSURE(e.late && booking.status == BookingStatus::cancelled,
             "only a cancelled booking is confirmed late");
      take_seats(state, e.booking_id, booking);
    }
    booking.status = BookingStatus::confirmed;
    booking.payment_id = e.payment_id;
  }
  void operator()(const events::BookingCancelled& e) { cancel(state, e.booking_id, e.reason, 0); }
  void operator()(const events::BookingExpired& e) {
    const Owner owner = booker(state.bookings.at(e.booking_id));
    cancel(state, e.booking_id, events::CancelReason::expired, keep_lapse(state, event, owner));
  }

  void operator()(const events::PaymentInitiated& e) {
    count_up(state.next_payment, e.payment_id);
    Booking& booking = state.bookings.at(e.booking_id);
    ENSURE(booking.status == BookingStatus::pending, "only a pending booking is paid for");
    insert(state, state.payments, e.payment_id,
           Payment{.booking_id = e.booking_id, .amount = e.amount});
    ENSURE(insert(state, state.payments_by_transaction, e.transaction_id, e.payment_id).second,
           "a transaction is one payment");
    const ElementChange change(state.elements, e.booking_id, booking);
    booking.payment_id = e.payment_id;
    if (e.booking_expires_at != booking.expires_at) {
      state.booking_deadlines.erase({booking.expires_at, e.booking_id});
      booking.expires_at = e.booking_expires_at;
      state.booking_deadlines.emplace(booking.expires_at, e.booking_id);
    }
  }
  void operator()(const events::PaymentSucceeded& e) {
    Payment& payment = state.payments.at(e.payment_id);
    ENSURE(payment.status != PaymentStatus::succeeded, "money is captured once");
    const ElementChange change(state.elements, e.payment_id, payment);
    payment.status = PaymentStatus::succeeded;
  }
  void operator()(const events::PaymentFailed& e) {
    Payment& payment = state.payments.at(e.payment_id);
    ENSURE(payment.status == PaymentStatus::pending, "only a pending payment fails");
    const ElementChange change(state.elements, e.payment_id, payment);
    payment.status = PaymentStatus::failed;
  }
  void operator()(const events::RefundRequested& e) {
    Payment& payment = state.payments.at(e.payment_id);
    ENSURE(payment.status == PaymentStatus::succeeded && !payment.refund_due,
           "captured money is refunded once");
    const ElementChange change(state.elements, e.payment_id, payment);
    payment.refund_due = true;
  }

  void operator()(const events::CommandRepeated&) {}
  void operator()(const events::CommandRefused&) {}
};

// The outcome of a keyed command: from its first event to its last.
void keep_outcome(State& state, const events::Event& event) {
  while (!state.idempotency_order.empty() &&
         (event.time - state.idempotency_order.front().first >= idempotency_retention ||
          state.idempotency_order.size() > idempotency_keys_max)) {
    erase(state, state.idempotency, state.idempotency.find(state.idempotency_order.front().second));
    state.idempotency_order.pop_front();
  }
  if (!event.idempotency) return;
  const auto [at, added] = insert(state, state.idempotency, event.idempotency->key,
                                  KeptOutcome{.request = event.idempotency->request,
                                              .first = event.position,
                                              .last = event.position,
                                              .time = event.time});
  if (added) {
    state.idempotency_order.emplace_back(event.time, event.idempotency->key);
  } else {
    ENSURE(at->second.first == event.command, "a key belongs to one command");
    const ElementChange change(state.elements, at->first, at->second);
    at->second.last = event.position;
  }
}

}  // namespace

void evolve(State& state, const events::Event& event) {
  ENSURE(event.position == state.position.next(), "positions have no gaps");
  ENSURE(event.time >= state.now, "time never goes back");
  state.position = event.position;
  state.now = event.time;
  std::visit(Evolve{state, event}, event.body);
  keep_outcome(state, event);
}

}  // namespace boxoffice::engine::domain
