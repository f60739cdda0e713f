// What the read models answer with: plain structs, as of one position.
//
// The described ones are also what rows are made of (base/packed.h): changing one changes rows on
// disk, so the version of its projection goes up.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ciphertext.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "events/reasons.h"

namespace boxoffice::projections {

struct MovieView {
  MovieId movie_id;
  std::string title;
  std::optional<std::string> description;
  std::int32_t duration = 0;
  std::string genre;
  std::string rating;
  std::optional<std::string> poster_url;
  Date release_date;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(MovieView, (),
                      (movie_id, title, description, duration, genre, rating, poster_url,
                       release_date, created_at))

struct TheatreView {
  TheatreId theatre_id;
  std::string name;
  std::string city;
  std::string address;
  std::int32_t total_seats = 0;
  std::vector<std::uint16_t> rows;
  bool has_layout = false;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(TheatreView, (),
                      (theatre_id, name, city, address, total_seats, rows, has_layout, created_at))

/// `movie` and `theatre` are as of the same position; a deleted one is still here (a show that a
/// booking refers to keeps showing them).
struct ShowView {
  ShowId show_id;
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
  SeatId first_seat;
  std::vector<std::uint16_t> rows;
  Instant created_at;
  std::shared_ptr<const MovieView> movie;
  std::shared_ptr<const TheatreView> theatre;
};
// Not `movie` and `theatre`: those are looked up as of the position of the question.
BOOST_DESCRIBE_STRUCT(ShowView, (),
                      (show_id, movie_id, theatre_id, show_date, show_time, price, first_seat, rows,
                       created_at))

/// Where a seat is in its show: row 0 is "A"; `number` counts from 1 in its row.
struct SeatPlace {
  std::uint16_t row = 0;
  std::uint16_t number = 0;
};
/// "A".."Z", "AA", "AB", …
std::string row_name(std::uint16_t row);
/// REQUIRES: `index` < sum(rows).
SeatPlace seat_place(const std::vector<std::uint16_t>& rows, std::uint32_t index);

enum class SeatStatus : std::uint8_t { free, locked, booked };
BOOST_DESCRIBE_ENUM(SeatStatus, free, locked, booked)
struct SeatView {
  SeatStatus status = SeatStatus::free;
  Instant locked_until;  ///< when locked
};

/// All seats of a show, by id from `first_seat`. `position` is where this was exactly true.
struct SeatMapView {
  Position position;
  std::uint64_t version = 0;  ///< grows with every change of this show's seats
  std::uint32_t edition = 0;  ///< of all rows: another one once the seat map was made anew
  SeatId first_seat;
  std::vector<std::uint16_t> rows;
  std::vector<SeatView> seats;
};

/// Who it is stands here as ciphertext under `key`.
struct UserView {
  UserId user_id;
  UserKeyId key;
  Fingerprint email_fingerprint;
  Ciphertext email;
  Ciphertext password_hash;
  Ciphertext first_name;
  Ciphertext last_name;
  events::Role role = events::Role::user;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(UserView, (),
                      (user_id, key, email_fingerprint, email, password_hash, first_name, last_name,
                       role, created_at))

enum class BookingStatus : std::uint8_t { pending, confirmed, cancelled };
BOOST_DESCRIBE_ENUM(BookingStatus, pending, confirmed, cancelled)
struct BookingView {
  BookingId booking_id;
  UserId user_id;
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  Money total_amount;
  BookingStatus status = BookingStatus::pending;
  bool guest = false;
  Uuid transaction_id;  ///< of the payment that settled it; zero when none
  std::optional<events::CancelReason> cancel_reason;
  Instant expires_at;
  Instant created_at;
};

enum class PaymentStatus : std::uint8_t { pending, success, failed, refunded };
BOOST_DESCRIBE_ENUM(PaymentStatus, pending, success, failed, refunded)
struct PaymentView {
  PaymentId payment_id;
  BookingId booking_id;
  Money amount;
  std::string payment_method;
  Uuid transaction_id;
  PaymentStatus status = PaymentStatus::pending;
  bool late = false;
  Instant created_at;
};

// ---- Sales --------------------------------------------------------------------------------------

/// What became of a show, or of several together. Money is only ever what the log says: a refund is
/// due from the moment it is requested, and the log does not say when it was paid out.
struct SalesFigures {
  std::uint64_t shows = 0;       ///< on offer: none once it is deleted
  std::uint64_t seats = 0;       ///< of those shows
  std::uint64_t seats_sold = 0;  ///< of the bookings that are confirmed
  std::uint64_t bookings = 0;    ///< ever made: pending, confirmed and cancelled
  std::uint64_t confirmed = 0;
  std::map<events::CancelReason, std::uint64_t> cancelled;  ///< how many, by reason
  std::uint64_t payments = 0;                               ///< captured
  Money captured;                                           ///< by those payments
  std::uint64_t refunds = 0;
  Money refunds_due;                                  ///< of what was captured
  std::map<events::Refusal, std::uint64_t> refusals;  ///< how many, by reason

  SalesFigures& operator+=(const SalesFigures& other);
};
BOOST_DESCRIBE_STRUCT(SalesFigures, (),
                      (shows, seats, seats_sold, bookings, confirmed, cancelled, payments, captured,
                       refunds, refunds_due, refusals))

struct ShowSales {
  ShowId show_id;
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  SalesFigures figures;
};
BOOST_DESCRIBE_STRUCT(ShowSales, (), (show_id, movie_id, theatre_id, show_date, figures))

/// By show id, ascending. `position` is where this was exactly true.
struct SalesView {
  Position position;
  std::vector<ShowSales> shows;
};

enum class SalesBy : std::uint8_t { show, movie, theatre, day };
BOOST_DESCRIBE_ENUM(SalesBy, show, movie, theatre, day)

/// One for each show, movie, theatre or date, ascending by it, with the figures of all its shows
/// together; the other members are those of its first show.
std::vector<ShowSales> grouped(const std::vector<ShowSales>& shows, SalesBy by);

// ---- History ------------------------------------------------------------------------------------

/// What happened to seats:
///
///   locked, released, lock_expired  for a while, and no longer
///   booked                          theirs, to be paid for
///   confirmed                       paid
///   taken_again                     paid late: the booking had ended and its seats were still free
///   cancelled, booking_expired      the booking ended; its seats are free
///   refused                         somebody wanted something and did not get it
enum class HistoryKind : std::uint8_t {
  locked,
  released,
  lock_expired,
  booked,
  confirmed,
  taken_again,
  cancelled,
  booking_expired,
  refused
};
BOOST_DESCRIBE_ENUM(HistoryKind, locked, released, lock_expired, booked, confirmed, taken_again,
                    cancelled, booking_expired, refused)

/// One event about seats of one show. `user_id` and `session` say for whom the seats are or were
/// meant to be: the user if there is one, else the session, if it is known.
struct HistoryEntry {
  Position position;
  Instant time;
  HistoryKind kind = HistoryKind::locked;
  std::vector<SeatId> seat_ids;  ///< refused: those that stood in the way, or the booking's
  events::ActorKind actor = events::ActorKind::anonymous;
  UserId user_id;
  std::string session;  ///< a secret: whoever knows it may take the seats
  BookingId booking_id;
  std::optional<Instant> until;                       ///< locked, booked
  std::optional<events::CancelReason> cancel_reason;  ///< cancelled
  std::optional<events::CommandType> command;         ///< refused
  std::optional<events::Refusal> refusal;             ///< refused
};
BOOST_DESCRIBE_STRUCT(HistoryEntry, (),
                      (position, time, kind, seat_ids, actor, user_id, session, booking_id, until,
                       cancel_reason, command, refusal))

/// Ascending by position. `next`: there may be more after it; none: this was the end.
struct HistoryPage {
  std::vector<HistoryEntry> entries;
  std::optional<Position> next;
};

}  // namespace boxoffice::projections
