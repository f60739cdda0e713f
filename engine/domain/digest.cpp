#include "engine/domain/digest.h"

#include <cstring>

#include "engine/domain/elements.h"
#include "engine/domain/state.h"

namespace boxoffice::engine::domain {

namespace {

void add(ElementHash& hash, Instant time) { hash.add(static_cast<std::uint64_t>(time.us)); }

void add(ElementHash& hash, Money money) { hash.add(static_cast<std::uint64_t>(money.cents)); }

void add(ElementHash& hash, const UserKeyName& key) {
  hash.add(key.id.value);
  hash.add(key.check.bytes);
}

}  // namespace

ElementHash element_of(MovieId id, const Movie&) {
  ElementHash hash(ElementKind::movie);
  hash.add(id.value);
  return hash;
}

ElementHash element_of(TheatreId id, const Theatre& theatre) {
  ElementHash hash(ElementKind::theatre);
  hash.add(id.value);
  hash.add(theatre.rows.size());
  for (const std::uint16_t seats : theatre.rows) hash.add(std::uint64_t{seats});
  return hash;
}

ElementHash element_of(ShowId id, const Show& show) {
  ElementHash hash(ElementKind::show);
  hash.add(id.value);
  hash.add(show.movie_id.value);
  hash.add(show.theatre_id.value);
  hash.add(static_cast<std::uint64_t>(show.show_date.year) << 16 |
           std::uint64_t{show.show_date.month} << 8 | show.show_date.day);
  hash.add(static_cast<std::uint64_t>(show.show_time.seconds));
  add(hash, show.price);
  hash.add(show.first_seat.value);
  hash.add(show.seats.size());
  return hash;
}

ElementHash element_of(UserId id, const User& user) {
  ElementHash hash(ElementKind::user);
  hash.add(id.value);
  hash.add(user.email.bytes);
  add(hash, user.key);
  return hash;
}

ElementHash element_of(UserId id, const UserKeyName& key) {
  ElementHash hash(ElementKind::erased_user);
  hash.add(id.value);
  add(hash, key);
  return hash;
}

ElementHash element_of(LockId id, const Lock& lock) {
  ElementHash hash(ElementKind::lock);
  hash.add(id.value);
  hash.add(std::uint64_t{lock.show_id.value} << 32 | lock.user_id.value);
  add(hash, lock.since);
  add(hash, lock.until);
  hash.add(std::string_view(lock.session));
  return hash;
}

ElementHash element_of(const Lapse& lapse) {
  ElementHash hash(ElementKind::lapse);
  hash.add(lapse.position.value);
  add(hash, lapse.time);
  hash.add(lapse.owner.value);
  return hash;
}

ElementHash element_of(BookingId id, const Booking& booking) {
  ElementHash hash(ElementKind::booking);
  hash.add(id.value);
  hash.add(booking.user_id.value);
  hash.add(booking.show_id.value);
  hash.add(static_cast<std::uint64_t>(booking.status));
  // A reason that was left behind by a late confirmation is not a fact.
  const bool cancelled = booking.status == BookingStatus::cancelled;
  hash.add(cancelled ? static_cast<std::uint64_t>(booking.cancel_reason) : 0);
  hash.add(std::uint64_t{booking.guest});
  hash.add(std::string_view(booking.session));
  add(hash, booking.total);
  add(hash, booking.expires_at);
  hash.add(booking.payment_id.value);
  hash.add(booking.seat_ids.size());
  for (const SeatId seat : booking.seat_ids) hash.add(seat.value);
  return hash;
}

ElementHash element_of(PaymentId id, const Payment& payment) {
  ElementHash hash(ElementKind::payment);
  hash.add(id.value);
  hash.add(payment.booking_id.value);
  add(hash, payment.amount);
  hash.add(static_cast<std::uint64_t>(payment.status));
  hash.add(std::uint64_t{payment.refund_due});
  return hash;
}

ElementHash element_of(const Uuid& transaction, PaymentId id) {
  ElementHash hash(ElementKind::transaction);
  hash.add(transaction.bytes);
  hash.add(id.value);
  return hash;
}

ElementHash element_of(const Fingerprint& key, const KeptOutcome& outcome) {
  ElementHash hash(ElementKind::outcome);
  hash.add(key.bytes);
  hash.add(outcome.request.bytes);
  hash.add(outcome.first.value);
  hash.add(outcome.last.value);
  add(hash, outcome.time);
  return hash;
}

StateDigest digest_of(const State& state) {
  ElementHash counters(ElementKind::counters);
  counters.add(state.position.value);
  add(counters, state.now);
  counters.add(state.next_movie.value);
  counters.add(state.next_theatre.value);
  counters.add(state.next_show.value);
  counters.add(state.next_seat.value);
  counters.add(state.next_user.value);
  counters.add(state.next_booking.value);
  counters.add(state.next_payment.value);
  ElementSum sum = state.elements;
  sum.add(counters);
  StateDigest digest;
  const std::uint64_t lanes[2]{sum.low(), sum.high()};
  static_assert(sizeof lanes == sizeof digest.bytes);
  std::memcpy(digest.bytes.data(), lanes, sizeof lanes);
  return digest;
}

}  // namespace boxoffice::engine::domain
