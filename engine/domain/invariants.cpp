#include "engine/domain/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/domain/elements.h"

namespace boxoffice::engine::domain {

namespace {

class Checker {
 public:
  explicit Checker(const State& state) : state_(state) {}

  std::vector<std::string> run() {
    for (const auto& [id, show] : state_.shows) check_show(id, show);
    for (const auto& [id, lock] : state_.locks) check_lock(id, lock);
    for (const auto& [id, booking] : state_.bookings) check_booking(id, booking);
    check_owners();
    check_deadlines();
    check_money();
    check_counts();
    expect(state_.elements == sum_of_elements(state_), "the digest is not the state's");
    std::sort(broken_.begin(), broken_.end());  // the walk's order means nothing
    return std::move(broken_);
  }

 private:
  void expect(bool holds, std::string what) {
    if (!holds) broken_.push_back(std::move(what));
  }

  // "seat 7: what", made only when it is needed: there are a million seats, and nothing is wrong.
  struct Named {
    const char* kind;
    std::uint64_t id;
    const char* what;
  };
  void expect(bool holds, const Named& named) {
    if (holds) return;
    broken_.push_back(std::string(named.kind) + " " + std::to_string(named.id) + ": " + named.what);
  }

  static bool has(const std::vector<SeatId>& seats, SeatId id) {
    return std::find(seats.begin(), seats.end(), id) != seats.end();
  }
  static bool live(const Booking& booking) { return booking.status != BookingStatus::cancelled; }

  void check_show(ShowId id, const Show& show) {
    std::unordered_map<const std::uint32_t*, std::uint32_t> counts;  // to what they should be
    for (std::size_t i = 0; i < show.seats.size(); ++i) {
      const SeatId seat_id(show.first_seat.value + static_cast<std::uint32_t>(i));
      const Seat& seat = show.seats[i];
      Owner owner;
      if (seat.status() == SeatStatus::locked) {
        const Lock* lock = find_or_null(state_.locks, seat.lock());
        const bool known = lock != nullptr && lock->show_id == id && has(lock->seat_ids, seat_id);
        expect(known, Named{"seat", seat_id.value, "is locked by a lock that does not know it"});
        if (known) owner = lock->owner;  // check_owners() says whether it is the right one
      } else if (seat.status() == SeatStatus::booked) {
        const Booking* booking = find_or_null(state_.bookings, seat.booking());
        const bool known = booking != nullptr && live(*booking) && booking->show_id == id &&
                           has(booking->seat_ids, seat_id);
        expect(known, Named{"seat", seat_id.value, "is booked by no live booking"});
        if (known) owner = owner_of(booking->guest ? UserId() : booking->user_id, booking->session);
      } else {
        expect(seat.lapse() <= state_.position,
               Named{"seat", seat_id.value, "is free by a lapse to come"});
      }
      if (owner) ++counts[find_or_null(show.held_by, owner)];
    }
    const bool counted =
        counts.size() == show.held_by.size() && !counts.contains(nullptr) &&
        std::ranges::all_of(counts, [](const auto& c) { return *c.first == c.second; });
    expect(counted, Named{"show", id.value, "owners' seats are miscounted"});
    expect(state_.movies.contains(show.movie_id), Named{"show", id.value, "has no movie"});
    expect(state_.theatres.contains(show.theatre_id), Named{"show", id.value, "has no theatre"});
  }

  void check_lock(LockId id, const Lock& lock) {
    const Show* show = find_or_null(state_.shows, lock.show_id);
    expect(show != nullptr, Named{"lock", id.value, "has no show"});
    expect(!lock.seat_ids.empty(), Named{"lock", id.value, "holds nothing"});
    if (show == nullptr) return;
    for (const SeatId seat_id : lock.seat_ids) {
      const Seat& seat = seat_of(*show, seat_id);
      expect(seat.status() == SeatStatus::locked && seat.lock() == id,
             Named{"lock", id.value, "holds a seat that is not locked by it"});
    }
  }

  void check_owners() {
    std::unordered_map<Owner, std::uint32_t> locked;  // to what should be counted
    locked.reserve(state_.locked_by.size());
    for (const auto& [id, lock] : state_.locks) {
      expect(lock.owner == owner_of(lock.user_id, lock.session),
             Named{"lock", id.value, "is another owner's"});
      if (lock.owner) locked[lock.owner] += static_cast<std::uint32_t>(lock.seat_ids.size());
    }
    const bool counted = locked.size() == state_.locked_by.size() &&
                         std::ranges::all_of(locked, [this](const auto& each) {
                           const auto* kept = find_or_null(state_.locked_by, each.first);
                           return kept != nullptr && *kept == each.second;
                         });
    expect(counted, "owners' locked seats are miscounted");
    const auto& lapses = state_.lapses;
    const auto later = [](const Lapse& a, const Lapse& b) {
      return a.position >= b.position || a.time > b.time;
    };
    expect(std::ranges::adjacent_find(lapses, later) == lapses.end() && lapses.size() <= lapses_max,
           "lapses are not in order, or too many");
  }

  void check_booking(BookingId id, const Booking& booking) {
    const bool pending = booking.status == BookingStatus::pending;
    expect(state_.booking_deadlines.contains({booking.expires_at, id}) == pending,
           Named{"booking", id.value, "its deadline and its status disagree"});
    if (!live(booking)) return;
    const Show* show = find_or_null(state_.shows, booking.show_id);
    expect(show != nullptr, Named{"booking", id.value, "is live without a show"});
    if (show == nullptr) return;
    for (const SeatId seat_id : booking.seat_ids) {
      const Seat& seat = seat_of(*show, seat_id);
      expect(seat.status() == SeatStatus::booked && seat.booking() == id,
             Named{"booking", id.value, "is live without one of its seats"});
    }
  }

  void check_deadlines() {
    check_lock_deadlines();
    const auto pending =
        std::count_if(state_.bookings.begin(), state_.bookings.end(),
                      [](const auto& b) { return b.second.status == BookingStatus::pending; });
    expect(state_.booking_deadlines.size() == static_cast<std::size_t>(pending),
           "booking deadlines are miscounted");
  }

  // From the deadlines to the locks: the other way round is a search in a tree for every lock.
  void check_lock_deadlines() {
    const bool counted = state_.lock_deadlines.size() == state_.locks.size();
    expect(counted, "lock deadlines are miscounted");
    const bool known = std::ranges::all_of(state_.lock_deadlines, [&](const auto& deadline) {
      const Lock* lock = find_or_null(state_.locks, deadline.second);
      return lock != nullptr && lock->until == deadline.first;
    });
    if (counted && known) return;
    for (const auto& [id, lock] : state_.locks) {
      expect(state_.lock_deadlines.contains({lock.until, id}),
             Named{"lock", id.value, "would never expire"});
    }
  }

  void check_money() {
    Money captured;
    Money refund_due;
    for (const auto& [id, payment] : state_.payments) {
      if (payment.status == PaymentStatus::succeeded) captured += payment.amount;
      if (payment.refund_due) refund_due += payment.amount;
      expect(state_.bookings.contains(payment.booking_id),
             Named{"payment", id.value, "has no booking"});
    }
    Money confirmed;
    for (const auto& [id, booking] : state_.bookings) {
      if (booking.status == BookingStatus::confirmed) confirmed += booking.total;
    }
    expect(captured == confirmed + refund_due, "money: captured " + to_string(captured) +
                                                   ", confirmed " + to_string(confirmed) +
                                                   ", refund due " + to_string(refund_due));
  }

  void check_counts() {
    std::map<MovieId, std::uint32_t> movie_shows;
    std::map<TheatreId, std::uint32_t> theatre_shows;
    std::map<ShowId, std::uint32_t> live_bookings;
    for (const auto& [id, show] : state_.shows) {
      ++movie_shows[show.movie_id];
      ++theatre_shows[show.theatre_id];
    }
    for (const auto& [id, booking] : state_.bookings) {
      if (live(booking)) ++live_bookings[booking.show_id];
    }
    for (const auto& [id, movie] : state_.movies) {
      expect(movie.shows == movie_shows[id], Named{"movie", id.value, "shows are miscounted"});
    }
    for (const auto& [id, theatre] : state_.theatres) {
      expect(theatre.shows == theatre_shows[id],
             Named{"theatre", id.value, "shows are miscounted"});
    }
    for (const auto& [id, show] : state_.shows) {
      expect(show.live_bookings == live_bookings[id],
             Named{"show", id.value, "live bookings are miscounted"});
    }
    expect(state_.users.size() == state_.users_by_email.size(), "users are miscounted");
    std::set<UserKeyId> keys;
    for (const auto& [id, user] : state_.users) keys.insert(user.key.id);
    for (const auto& [id, key] : state_.erased_users) keys.insert(key.id);
    expect(keys.size() == state_.users.size() + state_.erased_users.size(),
           "a key is of two users");
    expect(state_.payments.size() == state_.payments_by_transaction.size(),
           "transactions are miscounted");
    expect(state_.idempotency.size() == state_.idempotency_order.size(),
           "idempotency keys are miscounted");
  }

  const State& state_;
  std::vector<std::string> broken_;
};

template <class Map>
void add_all(ElementSum& sum, const Map& facts) {
  for (const auto& [id, fact] : facts) sum.add(element_of(id, fact));
}

}  // namespace

std::vector<std::string> broken_invariants(const State& state) { return Checker(state).run(); }

ElementSum sum_of_elements(const State& state) {
  ElementSum sum;
  add_all(sum, state.movies);
  add_all(sum, state.theatres);
  add_all(sum, state.shows);
  add_all(sum, state.users);
  add_all(sum, state.erased_users);
  add_all(sum, state.locks);
  for (const Lapse& lapse : state.lapses) sum.add(element_of(lapse));
  add_all(sum, state.bookings);
  add_all(sum, state.payments);
  add_all(sum, state.payments_by_transaction);
  add_all(sum, state.idempotency);
  for (const auto& [id, show] : state.shows) {
    for (std::uint32_t i = 0; i < show.seats.size(); ++i) {
      if (show.seats[i].word() == 0) continue;
      sum.add(element_of(SeatId(show.first_seat.value + i), show.seats[i]));
    }
  }
  return sum;
}

}  // namespace boxoffice::engine::domain
