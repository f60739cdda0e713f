// What `log replay` prints of a state: plain structs for JSON, and the same as lines for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "engine/domain/state.h"

namespace boxoffice::tools::audit {

struct SeatCounts {
  std::uint64_t free = 0;
  std::uint64_t locked = 0;
  std::uint64_t booked = 0;
};
BOOST_DESCRIBE_STRUCT(SeatCounts, (), (free, locked, booked))

struct BookingCounts {
  std::uint64_t pending = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t cancelled = 0;
};
BOOST_DESCRIBE_STRUCT(BookingCounts, (), (pending, confirmed, cancelled))

struct PaymentCounts {
  std::uint64_t pending = 0;
  std::uint64_t success = 0;
  std::uint64_t failed = 0;
};
BOOST_DESCRIBE_STRUCT(PaymentCounts, (), (pending, success, failed))

struct Summary {
  Position position;
  std::optional<Instant> time;  ///< of that event
  std::string digest;           ///< of the state, hexadecimal, as the frame that ends there has it
  std::uint64_t movies = 0;
  std::uint64_t theatres = 0;
  std::uint64_t shows = 0;
  SeatCounts seats{};
  std::uint64_t users = 0;
  std::uint64_t locks = 0;
  BookingCounts bookings{};
  PaymentCounts payments{};
  Money captured;
  Money refund_due;
};
BOOST_DESCRIBE_STRUCT(Summary, (),
                      (position, time, digest, movies, theatres, shows, seats, users, locks,
                       bookings, payments, captured, refund_due))

struct SeatThen {
  SeatId seat_id;
  std::string row;
  std::uint16_t number = 0;
  std::string status;            ///< free, locked, booked
  std::optional<Position> lock;  ///< position of the SeatsLocked event
  std::optional<Instant> until;  ///< when that lock expires
  std::optional<BookingId> booking_id;
};
BOOST_DESCRIBE_STRUCT(SeatThen, (), (seat_id, row, number, status, lock, until, booking_id))

struct ShowThen {
  Position position;
  ShowId show_id;
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
  std::vector<SeatThen> seats;
};
BOOST_DESCRIBE_STRUCT(ShowThen, (),
                      (position, show_id, movie_id, theatre_id, show_date, show_time, price, seats))

struct PaymentThen {
  PaymentId payment_id;
  std::string status;  ///< pending, success, failed
  Money amount;
  bool refund_due = false;
};
BOOST_DESCRIBE_STRUCT(PaymentThen, (), (payment_id, status, amount, refund_due))

struct BookingThen {
  Position position;
  BookingId booking_id;
  UserId user_id;
  ShowId show_id;
  std::string status;                        ///< pending, confirmed, cancelled
  std::optional<std::string> cancel_reason;  ///< when cancelled
  std::vector<SeatId> seat_ids;
  Money total_amount;
  std::optional<Instant> expires_at;   ///< the deadline for its payment, while pending
  std::optional<PaymentThen> payment;  ///< the latest one
};
BOOST_DESCRIBE_STRUCT(BookingThen, (),
                      (position, booking_id, user_id, show_id, status, cancel_reason, seat_ids,
                       total_amount, expires_at, payment))

struct UserThen {
  Position position;
  UserId user_id;
  bool erased = false;                ///< who it was cannot be known any more
  std::vector<BookingThen> bookings;  ///< by id
};
BOOST_DESCRIBE_STRUCT(UserThen, (), (position, user_id, erased, bookings))

Summary summary_of(const engine::domain::State& state);
std::optional<ShowThen> show_then(const engine::domain::State& state, ShowId id);
std::optional<BookingThen> booking_then(const engine::domain::State& state, BookingId id);
std::optional<UserThen> user_then(const engine::domain::State& state, UserId id);

/// Lines for people, each ended.
std::string text_of(const Summary& summary);
std::string text_of(const ShowThen& show);
std::string text_of(const BookingThen& booking);
std::string text_of(const UserThen& user);

}  // namespace boxoffice::tools::audit
