// The digest tells states apart, and nothing but states. That evolve() keeps it right is checked
// by broken_invariants() after every step of every other test.
#include "engine/domain/digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/unit/engine/domain/cinema.h"

namespace boxoffice::tests {
namespace {

const Fingerprint a_key{{1, 2, 3}};

// Every kind of fact: a lock (position 7), a pending and a paid booking, a lapse, a kept outcome.
State a_bit_of_everything() {
  Scenario scenario =
      given(cinema(), locked({1, 2}, {.session = "s"}), booked(booking1, {3}), initiated(1, price),
            booked(booking2, {4}, {.guest = false}), initiated(2, price), succeeded(2),
            confirmed(2), locked({7}, {.session = "t"}), events::LockExpired{show1, seats({7})});
  State state = scenario.state();
  evolve(state, events::Event{.position = state.position.next(),
                              .command = state.position.next(),
                              .time = state.now,
                              .actor = {},
                              .cause = {},
                              .idempotency = events::Idempotency{a_key, {}},
                              .body = events::UserLoggedIn{ann}});
  return state;
}

StateDigest digest_from_scratch(State state) {
  state.elements = sum_of_elements(state);
  return digest_of(state);
}

TEST(Digest, is_the_sum_of_the_states_elements) {
  const State state = a_bit_of_everything();
  EXPECT_EQ(state.elements, sum_of_elements(state));
  EXPECT_NE(digest_of(state), digest_of(State{}));
}

TEST(Digest, is_another_when_any_fact_is_another) {
  const std::vector<std::function<void(State&)>> changes{
      [](State& s) { s.position = s.position.next(); },
      [](State& s) { ++s.now.us; },
      [](State& s) { s.next_movie = s.next_movie.next(); },
      [](State& s) { s.next_theatre = s.next_theatre.next(); },
      [](State& s) { s.next_show = s.next_show.next(); },
      [](State& s) { s.next_seat = s.next_seat.next(); },
      [](State& s) { s.next_user = s.next_user.next(); },
      [](State& s) { s.next_booking = s.next_booking.next(); },
      [](State& s) { s.next_payment = s.next_payment.next(); },
      [](State& s) { s.movies.emplace(MovieId(9), Movie{}); },
      [](State& s) { s.theatres.begin()->second.rows.push_back(1); },
      [](State& s) { s.shows.at(show1).movie_id = MovieId(9); },
      [](State& s) { s.shows.at(show1).theatre_id = TheatreId(9); },
      [](State& s) { ++s.shows.at(show1).show_date.day; },
      [](State& s) { ++s.shows.at(show1).show_date.month; },
      [](State& s) { ++s.shows.at(show1).show_date.year; },
      [](State& s) { ++s.shows.at(show1).show_time.seconds; },
      [](State& s) { ++s.shows.at(show1).price.cents; },
      [](State& s) { s.shows.at(show1).seats.emplace_back(); },
      [](State& s) { s.shows.at(show1).seats[0] = Seat{}; },
      [](State& s) { s.shows.at(show1).seats[0].holder = 8; },
      [](State& s) { s.shows.at(show1).seats[0].status_bits = 2; },
      [](State& s) { std::swap(s.shows.at(show1).seats[0], s.shows.at(show1).seats[8]); },
      [](State& s) { s.users.at(ann).email = a_key; },
      [](State& s) { s.users.at(ann).key.id = UserKeyId(9); },
      [](State& s) { s.users.at(ann).key.check = a_key; },
      [](State& s) { std::swap(s.users.at(ann), s.users.at(bob)); },
      [](State& s) { s.erased_users.emplace(ann, key_name(1)); },
      [](State& s) { s.erased_users.emplace(ann, key_name(2)); },
      [](State& s) { s.locks.at(LockId(7)).show_id = show2; },
      [](State& s) { s.locks.at(LockId(7)).session += "x"; },
      [](State& s) { s.locks.at(LockId(7)).user_id = bob; },
      [](State& s) { ++s.locks.at(LockId(7)).since.us; },
      [](State& s) { ++s.locks.at(LockId(7)).until.us; },
      [](State& s) { s.shows.at(show1).seats[6].holder = 0; },
      [](State& s) { ++s.lapses.front().position.value; },
      [](State& s) { ++s.lapses.front().time.us; },
      [](State& s) { s.lapses.front().owner = owner_of(ann, {}); },
      [](State& s) { s.lapses.clear(); },
      [](State& s) { s.bookings.at(booking1).user_id = bob; },
      [](State& s) { s.bookings.at(booking1).show_id = show2; },
      [](State& s) { s.bookings.at(booking1).status = BookingStatus::confirmed; },
      [](State& s) { s.bookings.at(booking2).guest = true; },
      [](State& s) { s.bookings.at(booking1).session += "x"; },
      [](State& s) { ++s.bookings.at(booking1).total.cents; },
      [](State& s) { ++s.bookings.at(booking1).expires_at.us; },
      [](State& s) { s.bookings.at(booking1).seat_ids[0] = SeatId(8); },
      [](State& s) { s.bookings.at(booking1).payment_id = payment2; },
      [](State& s) { s.payments.at(payment1).booking_id = booking2; },
      [](State& s) { ++s.payments.at(payment1).amount.cents; },
      [](State& s) { s.payments.at(payment1).status = PaymentStatus::failed; },
      [](State& s) { s.payments.at(payment2).refund_due = true; },
      [](State& s) { s.payments_by_transaction.begin()->second = PaymentId(9); },
      [](State& s) { s.payments_by_transaction.erase(s.payments_by_transaction.begin()); },
      [](State& s) { s.idempotency.at(a_key).request = a_key; },
      [](State& s) { ++s.idempotency.at(a_key).first.value; },
      [](State& s) { ++s.idempotency.at(a_key).last.value; },
      [](State& s) { ++s.idempotency.at(a_key).time.us; },
      [](State& s) { s.idempotency.clear(); },
  };
  const State state = a_bit_of_everything();
  std::set<StateDigest> seen{digest_of(state)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    State changed = state;
    changes[i](changed);
    EXPECT_TRUE(seen.insert(digest_from_scratch(std::move(changed))).second) << "change " << i;
  }
}

TEST(Digest, says_why_a_booking_was_cancelled_but_forgets_it_once_it_is_paid_late) {
  State state = a_bit_of_everything();
  Booking& booking = state.bookings.at(booking1);
  const StateDigest pending = digest_from_scratch(state);
  booking.cancel_reason = CancelReason::expired;
  EXPECT_EQ(digest_from_scratch(state), pending);
  booking.status = BookingStatus::cancelled;
  const StateDigest expired = digest_from_scratch(state);
  booking.cancel_reason = CancelReason::payment_failed;
  EXPECT_NE(digest_from_scratch(state), expired);
}

TEST(Digest, depends_on_no_order) {
  const auto elements = [](const std::vector<std::vector<std::uint32_t>>& locks) {
    ElementSum sum;
    for (const auto& lock : locks) {
      for (const std::uint32_t seat : lock) {
        ElementHash hash(ElementKind::seat);
        hash.add(seat);
        sum.add(hash);
      }
    }
    return sum;
  };
  EXPECT_EQ(elements({{1, 2}, {3}}), elements({{3, 1}, {2}}));
  EXPECT_NE(elements({{1, 2}}), elements({{1, 3}}));
}

TEST(Digest, hashes_a_text_with_its_length) {
  const auto low = [](std::initializer_list<std::string_view> texts) {
    ElementHash hash(ElementKind::seat);
    for (const auto text : texts) hash.add(text);
    return hash.low();
  };
  EXPECT_NE(low({"ab", "c"}), low({"a", "bc"}));
  EXPECT_NE(low({"", "abc"}), low({"abc", ""}));
  EXPECT_NE(low({std::string_view("a\0", 2)}), low({"a"}));
  EXPECT_NE(low({"12345678", "9"}), low({"123456789", ""}));
}

TEST(Digest, hashes_a_text_eight_bytes_at_a_time_and_the_rest_with_zeros) {
  const std::string text = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    ElementHash words(ElementKind::lock);
    words.add(size);
    for (std::size_t from = 0; from < size; from += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = from; i < std::min(from + 8, size); ++i) {
        word |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << 8 * (i - from);
      }
      words.add(word);
    }
    ElementHash hash(ElementKind::lock);
    hash.add(std::string_view(text).substr(0, size));
    EXPECT_EQ(hash.low(), words.low()) << size;
    EXPECT_EQ(hash.high(), words.high()) << size;
  }
}

// It is on disk: this value changes only together with logic_version.
TEST(Digest, is_the_same_in_every_build) {
  EXPECT_EQ(to_hex(digest_of(a_bit_of_everything()).bytes), "9169dac6b1e5af60c73889d7e472212e");
}

}  // namespace
}  // namespace boxoffice::tests
