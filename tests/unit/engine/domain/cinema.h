// A small cinema to tell stories in: what has happened before the story, and its events in short.
//
// Show 1 has seats 1..12 at 12.50; show 2, in the same hall, has seats 13..24. Ann is user 1, Bob
// user 2. Deadlines are the default rules': locks 5 minutes, payments 10.
#pragma once

#include <string>
#include <vector>

#include "tests/support/given_when_then.h"
#include "tests/support/personal.h"

namespace boxoffice::tests {

using namespace engine::domain;
using events::CancelReason;
using events::CommandType;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr ShowId show1{1};
inline constexpr ShowId show2{2};
inline constexpr BookingId booking1{1};
inline constexpr BookingId booking2{2};
inline constexpr PaymentId payment1{1};
inline constexpr PaymentId payment2{2};
inline constexpr Money price{1250};
inline constexpr UserId ann{1};
inline constexpr UserId bob{2};
inline const Fingerprint ann_email = fingerprint("ann@example.com");
inline const Fingerprint bob_email = fingerprint("bob@example.com");
inline constexpr Date show_day{2024, 6, 20};
inline constexpr TimeOfDay eight{72'000};

inline std::vector<SeatId> seats(std::vector<std::uint32_t> numbers) {
  std::vector<SeatId> ids;
  for (const std::uint32_t number : numbers) ids.emplace_back(number);
  return ids;
}
inline std::vector<SeatId> seats_from_to(std::uint32_t first, std::uint32_t last) {
  std::vector<SeatId> ids;
  for (std::uint32_t number = first; number <= last; ++number) ids.emplace_back(number);
  return ids;
}
inline Uuid transaction(std::uint8_t number) {
  Uuid id;
  id.bytes.fill(number);
  return id;
}

// ---- What has happened --------------------------------------------------------------------------

inline events::MovieCreated movie_created() {
  return {.movie_id = MovieId(1),
          .title = "Joker",
          .description = {},
          .duration = 122,
          .genre = "Drama",
          .rating = "R",
          .poster_url = {},
          .release_date = {2019, 10, 4}};
}
inline events::TheatreCreated theatre_created() {
  return {.theatre_id = TheatreId(1),
          .name = "Rex",
          .city = "Cologne",
          .address = "Ring 1",
          .total_seats = 12,
          .rows = {8, 4},
          .has_layout = true};
}
inline events::ShowCreated show_created(ShowId id, SeatId first_seat) {
  return {.show_id = id,
          .movie_id = MovieId(1),
          .theatre_id = TheatreId(1),
          .show_date = show_day,
          .show_time = eight,
          .price = price,
          .first_seat = first_seat,
          .rows = {8, 4}};
}
inline Bodies cinema() {
  return {movie_created(),
          theatre_created(),
          show_created(show1, SeatId(1)),
          show_created(show2, SeatId(13)),
          user_registered(ann, ann_email),
          user_registered(bob, bob_email)};
}

struct LockedBy {
  std::string session;
  UserId user_id{};
  Instant since = noon;
  Instant until = noon + minutes(5);
};
inline events::SeatsLocked locked(std::vector<std::uint32_t> numbers, const LockedBy& by) {
  return {.show_id = show1,
          .seat_ids = seats(std::move(numbers)),
          .user_session = by.session,
          .user_id = by.user_id,
          .since = by.since,
          .until = by.until};
}

struct BookedBy {
  UserId user_id = ann;
  bool guest = true;
  std::string session{};
  Instant expires_at = noon + minutes(10);
};
inline events::BookingCreated booked(BookingId id, std::vector<std::uint32_t> numbers,
                                     const BookedBy& by = {}) {
  return {.booking_id = id,
          .user_id = by.user_id,
          .show_id = show1,
          .seat_ids = seats(numbers),
          .total_amount = price * static_cast<std::int64_t>(numbers.size()),
          .expires_at = by.expires_at,
          .guest = by.guest,
          .user_session = by.session};
}

/// Payment `number` for booking `number`; its transaction is transaction(number).
inline events::PaymentInitiated initiated(std::uint8_t number, Money amount,
                                          Instant expires_at = noon + minutes(12)) {
  return {.payment_id = PaymentId(number),
          .booking_id = BookingId(number),
          .amount = amount,
          .payment_method = "card",
          .transaction_id = transaction(number),
          .booking_expires_at = expires_at};
}
inline events::PaymentSucceeded succeeded(std::uint8_t number, bool late = false) {
  return {.payment_id = PaymentId(number),
          .booking_id = BookingId(number),
          .transaction_id = transaction(number),
          .late = late};
}
inline events::PaymentFailed failed(std::uint8_t number) {
  return {.payment_id = PaymentId(number),
          .booking_id = BookingId(number),
          .transaction_id = transaction(number)};
}
inline events::BookingConfirmed confirmed(std::uint8_t number, bool late = false) {
  return {.booking_id = BookingId(number), .payment_id = PaymentId(number), .late = late};
}
inline events::BookingCancelled cancelled(std::uint8_t number, CancelReason reason) {
  return {.booking_id = BookingId(number), .reason = reason};
}
inline events::BookingExpired expired(std::uint8_t number) {
  return {.booking_id = BookingId(number)};
}
inline events::RefundRequested refund(std::uint8_t number, Money amount) {
  return {.payment_id = PaymentId(number), .booking_id = BookingId(number), .amount = amount};
}
inline events::CommandRepeated result_repeated(std::uint8_t number) {
  return {.command = CommandType::record_payment_result,
          .booking_id = BookingId(number),
          .payment_id = PaymentId(number)};
}

// ---- What is asked ------------------------------------------------------------------------------

inline LockSeats lock(std::vector<std::uint32_t> numbers, std::string session) {
  return {
      .show_id = show1, .seat_ids = seats(std::move(numbers)), .user_session = std::move(session)};
}
inline ReleaseSeats release(std::vector<std::uint32_t> numbers, std::string session) {
  return {
      .show_id = show1, .seat_ids = seats(std::move(numbers)), .user_session = std::move(session)};
}
inline CreateBooking book(std::vector<std::uint32_t> numbers, std::string session = {},
                          const Fingerprint& email = ann_email) {
  return {.show_id = show1,
          .seat_ids = seats(std::move(numbers)),
          .email_fingerprint = email,
          .user_session = std::move(session)};
}
inline InitiatePayment pay(BookingId id, Money amount, std::uint8_t transaction_number = 1) {
  return {.booking_id = id,
          .amount = amount,
          .payment_method = "card",
          .transaction_id = transaction(transaction_number)};
}
inline RecordPaymentResult says_paid(std::uint8_t number) {
  return {.transaction_id = transaction(number), .succeeded = true};
}
inline RecordPaymentResult says_failed(std::uint8_t number) {
  return {.transaction_id = transaction(number), .succeeded = false};
}

}  // namespace boxoffice::tests
