#include "tests/unit/engine/domain/state_text.h"

#include <algorithm>
#include <type_traits>
#include <vector>

namespace boxoffice::tests {

using namespace engine::domain;

namespace {

class Writer {
 public:
  template <class... Values>
  void line(const char* kind, const Values&... values) {
    text_ += kind;
    (add(values), ...);
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  void add(const std::string& text) { text_ += " '" + text + "'"; }
  void add(Instant t) { add(t.us); }
  void add(Money m) { add(m.cents); }
  void add(TimeOfDay t) { add(t.seconds); }
  void add(Date d) { text_ += " " + to_string(d); }
  template <std::size_t N>
  void add(const FixedBytes<N>& bytes) {
    text_ += " " + to_hex(bytes.bytes);
  }
  template <class Tag, class Rep>
  void add(StrongId<Tag, Rep> id) {
    add(id.value);
  }
  template <class T>
  void add(const std::vector<T>& list) {
    text_ += " [";
    for (const T& item : list) add(item);
    text_ += " ]";
  }
  template <class T>
    requires std::is_integral_v<T>
  void add(T number) { text_ += " " + std::to_string(number); }
  template <class T>
    requires std::is_enum_v<T>
  void add(T value) { add(static_cast<int>(value)); }

  std::string text_;
};

// The entries of a hash table in the order of their keys.
template <class Table>
auto sorted(const Table& table) {
  std::vector<const typename Table::value_type*> entries;
  for (const auto& entry : table) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return entries;
}

void write(Writer& out, ShowId id, const Show& show) {
  const auto& [movie_id, theatre_id, date, time, price, first_seat, seats, live, held_by] = show;
  out.line("show", id, movie_id, theatre_id, date, time, price, first_seat, seats.size(), live);
  for (std::size_t i = 0; i < seats.size(); ++i) {
    if (seats[i].status() != SeatStatus::free || seats[i].holder != 0) {
      out.line("  seat", first_seat.value + i, seats[i].status(), std::uint64_t{seats[i].holder});
    }
  }
  for (const auto* entry : sorted(held_by)) {
    out.line("  owner", entry->first, entry->second);
  }
}

void write(Writer& out, LockId id, const Lock& lock) {
  const auto& [show_id, session, user_id, owner, since, until, seat_ids] = lock;
  out.line("lock", id, show_id, session, user_id, owner, since, until, seat_ids);
}

void write(Writer& out, BookingId id, const Booking& booking) {
  const auto& [user_id, show_id, status, reason, guest, session, total, expires_at, seat_ids,
               payment_id] = booking;
  out.line("booking", id, user_id, show_id, status, reason, guest, session, total, expires_at,
           seat_ids, payment_id);
}

void write(Writer& out, PaymentId id, const Payment& payment) {
  const auto& [booking_id, amount, status, refund_due] = payment;
  out.line("payment", id, booking_id, amount, status, refund_due);
}

}  // namespace

std::string text_of(const State& state) {
  const auto& [position, now, next_movie, next_theatre, next_show, next_seat, next_user,
               next_booking, next_payment, movies, theatres, shows, users, users_by_email,
               erased_users, locks, locked_by, lapses, bookings, payments, payments_by_transaction,
               lock_deadlines, booking_deadlines, idempotency, idempotency_order, elements] = state;
  Writer out;
  out.line("at", position, now);
  out.line("elements", elements.low(), elements.high());
  out.line("next", next_movie, next_theatre, next_show, next_seat, next_user, next_booking,
           next_payment);
  for (const auto* entry : sorted(movies)) out.line("movie", entry->first, entry->second.shows);
  for (const auto* entry : sorted(theatres)) {
    out.line("theatre", entry->first, entry->second.rows, entry->second.shows);
  }
  for (const auto* entry : sorted(shows)) write(out, entry->first, entry->second);
  for (const auto* entry : sorted(users)) {
    const auto& [email, key] = entry->second;
    out.line("user", entry->first, email, key.id, key.check);
  }
  for (const auto* entry : sorted(users_by_email)) out.line("email", entry->first, entry->second);
  for (const auto& [id, key] : erased_users) out.line("erased user", id, key.id, key.check);
  for (const auto* entry : sorted(locks)) write(out, entry->first, entry->second);
  for (const auto* entry : sorted(locked_by)) out.line("locked by", entry->first, entry->second);
  for (const auto& [at, time, owner] : lapses) out.line("lapse", at, time, owner);
  for (const auto* entry : sorted(bookings)) write(out, entry->first, entry->second);
  for (const auto* entry : sorted(payments)) write(out, entry->first, entry->second);
  for (const auto* entry : sorted(payments_by_transaction)) {
    out.line("transaction", entry->first, entry->second);
  }
  for (const auto& [until, id] : lock_deadlines) out.line("lock deadline", until, id);
  for (const auto& [until, id] : booking_deadlines) out.line("booking deadline", until, id);
  for (const auto* entry : sorted(idempotency)) {
    const auto& [request, first, last, time] = entry->second;
    out.line("key", entry->first, request, first, last, time);
  }
  for (const auto& [time, key] : idempotency_order) out.line("key order", time, key);
  return out.take();
}

}  // namespace boxoffice::tests
