// What has happened: every event that the log can hold, as plain described structs.
//
// Events are past tense and final. They carry results, never rules: a lock's `until` is an instant,
// not a duration, so that replay does not depend on today's configuration. A type's fields may only
// ever be added at the end (see events/README.md); the numbers in EventType are on disk for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/ciphertext.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "events/reasons.h"

namespace boxoffice::events {

// ---- Catalogue ----------------------------------------------------------------------------------

/// What a movie is; `duration` in minutes.
struct MovieCreated {
  MovieId movie_id;
  std::string title;
  std::optional<std::string> description;
  std::int32_t duration = 0;
  std::string genre;
  std::string rating;
  std::optional<std::string> poster_url;
  Date release_date;
};
BOOST_DESCRIBE_STRUCT(MovieCreated, (),
                      (movie_id, title, description, duration, genre, rating, poster_url,
                       release_date))

/// The movie as it is from now on (every field).
struct MovieChanged {
  MovieId movie_id;
  std::string title;
  std::optional<std::string> description;
  std::int32_t duration = 0;
  std::string genre;
  std::string rating;
  std::optional<std::string> poster_url;
  Date release_date;
};
BOOST_DESCRIBE_STRUCT(MovieChanged, (),
                      (movie_id, title, description, duration, genre, rating, poster_url,
                       release_date))

struct MovieDeleted {
  MovieId movie_id;
};
BOOST_DESCRIBE_STRUCT(MovieDeleted, (), (movie_id))

/// `rows[i]` is the number of seats of row i (A, B, …, Z, AA, …); their sum is `total_seats`.
/// `has_layout`: the rows were given by the client rather than derived from `total_seats`.
struct TheatreCreated {
  TheatreId theatre_id;
  std::string name;
  std::string city;
  std::string address;
  std::int32_t total_seats = 0;
  std::vector<std::uint16_t> rows;
  bool has_layout = false;
};
BOOST_DESCRIBE_STRUCT(TheatreCreated, (),
                      (theatre_id, name, city, address, total_seats, rows, has_layout))

/// The theatre as it is from now on (every field).
struct TheatreChanged {
  TheatreId theatre_id;
  std::string name;
  std::string city;
  std::string address;
  std::int32_t total_seats = 0;
  std::vector<std::uint16_t> rows;
  bool has_layout = false;
};
BOOST_DESCRIBE_STRUCT(TheatreChanged, (),
                      (theatre_id, name, city, address, total_seats, rows, has_layout))

struct TheatreDeleted {
  TheatreId theatre_id;
};
BOOST_DESCRIBE_STRUCT(TheatreDeleted, (), (theatre_id))

/// Its seats exist from here on: ids `first_seat` .. `first_seat + sum(rows) - 1`, row by row.
struct ShowCreated {
  ShowId show_id;
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
  SeatId first_seat;
  std::vector<std::uint16_t> rows;
};
BOOST_DESCRIBE_STRUCT(ShowCreated, (),
                      (show_id, movie_id, theatre_id, show_date, show_time, price, first_seat,
                       rows))

/// The show's date, time and price from now on. Bookings keep the price they were made at.
struct ShowChanged {
  ShowId show_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
};
BOOST_DESCRIBE_STRUCT(ShowChanged, (), (show_id, show_date, show_time, price))

struct ShowDeleted {
  ShowId show_id;
};
BOOST_DESCRIBE_STRUCT(ShowDeleted, (), (show_id))

// ---- Users --------------------------------------------------------------------------------------

// What tells who somebody is stands here as ciphertext, made with the user's own key; the key is no
// part of the log. Once it is destroyed nobody can read it any more, and the chain still holds.

/// `key` and `key_check` are a UserKeyName. `email_fingerprint` is a keyed hash of the address in
/// lower case: it finds the user again and keeps addresses apart. `password_hash` is libsodium's
/// argon2id string; the password itself is nowhere.
struct UserRegistered {
  UserId user_id;
  UserKeyId key;
  Fingerprint key_check;
  Fingerprint email_fingerprint;
  Ciphertext email;
  Ciphertext password_hash;
  Ciphertext first_name;
  Ciphertext last_name;
};
BOOST_DESCRIBE_STRUCT(UserRegistered, (),
                      (user_id, key, key_check, email_fingerprint, email, password_hash, first_name,
                       last_name))

/// What is set is so from now on; what is not set stays as it was.
struct UserChanged {
  UserId user_id;
  std::optional<Ciphertext> password_hash;
  std::optional<Ciphertext> first_name;
  std::optional<Ciphertext> last_name;
};
BOOST_DESCRIBE_STRUCT(UserChanged, (), (user_id, password_hash, first_name, last_name))

struct UserRoleChanged {
  UserId user_id;
  Role role = Role::user;
};
BOOST_DESCRIBE_STRUCT(UserRoleChanged, (), (user_id, role))

struct UserLoggedIn {
  UserId user_id;
};
BOOST_DESCRIBE_STRUCT(UserLoggedIn, (), (user_id))

/// The user's key is destroyed from now on. Their bookings stay, as somebody's.
struct UserErased {
  UserId user_id;
  UserKeyId key;
};
BOOST_DESCRIBE_STRUCT(UserErased, (), (user_id, key))

// ---- Seats --------------------------------------------------------------------------------------

/// One lock over all of `seat_ids`, which may have been free or already locked by the same owner.
/// `since` is when the owner first held the longest-held of them; renewals count from there.
struct SeatsLocked {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  std::string user_session;
  UserId user_id;  ///< none when no token came
  Instant since;
  Instant until;
};
BOOST_DESCRIBE_STRUCT(SeatsLocked, (), (show_id, seat_ids, user_session, user_id, since, until))

/// Given back by their owner.
struct SeatsReleased {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
};
BOOST_DESCRIBE_STRUCT(SeatsReleased, (), (show_id, seat_ids))

/// One lock's time was up; all the seats that it still held are free.
struct LockExpired {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
};
BOOST_DESCRIBE_STRUCT(LockExpired, (), (show_id, seat_ids))

// ---- Bookings -----------------------------------------------------------------------------------

/// Seats leave their locks (if any) and belong to the booking until it is cancelled.
/// `guest`: no token came. `user_session`: the session that counts as owner when `guest`; may be
/// empty.
struct BookingCreated {
  BookingId booking_id;
  UserId user_id;
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  Money total_amount;
  Instant expires_at;
  bool guest = false;
  std::string user_session;
};
BOOST_DESCRIBE_STRUCT(BookingCreated, (),
                      (booking_id, user_id, show_id, seat_ids, total_amount, expires_at, guest,
                       user_session))

/// Paid. `late`: the booking had expired and its seats, all still free, were taken again.
struct BookingConfirmed {
  BookingId booking_id;
  PaymentId payment_id;
  bool late = false;
};
BOOST_DESCRIBE_STRUCT(BookingConfirmed, (), (booking_id, payment_id, late))

/// Its seats are free. `reason` is `payment_failed`, `user` or `show_cancelled`.
struct BookingCancelled {
  BookingId booking_id;
  CancelReason reason = CancelReason::user;
};
BOOST_DESCRIBE_STRUCT(BookingCancelled, (), (booking_id, reason))

/// Not paid by its deadline; its seats are free.
struct BookingExpired {
  BookingId booking_id;
};
BOOST_DESCRIBE_STRUCT(BookingExpired, (), (booking_id))

// ---- Payments -----------------------------------------------------------------------------------

/// `booking_expires_at` is the booking's payment deadline from now on: it is extended once, so that
/// a payer is not robbed in mid-payment.
struct PaymentInitiated {
  PaymentId payment_id;
  BookingId booking_id;
  Money amount;
  std::string payment_method;
  Uuid transaction_id;
  Instant booking_expires_at;
};
BOOST_DESCRIBE_STRUCT(PaymentInitiated, (),
                      (payment_id, booking_id, amount, payment_method, transaction_id,
                       booking_expires_at))

/// The money is captured. `late`: after the booking had been cancelled or had expired.
struct PaymentSucceeded {
  PaymentId payment_id;
  BookingId booking_id;
  Uuid transaction_id;
  bool late = false;
};
BOOST_DESCRIBE_STRUCT(PaymentSucceeded, (), (payment_id, booking_id, transaction_id, late))

struct PaymentFailed {
  PaymentId payment_id;
  BookingId booking_id;
  Uuid transaction_id;
};
BOOST_DESCRIBE_STRUCT(PaymentFailed, (), (payment_id, booking_id, transaction_id))

/// Captured money is owed back to the payer.
struct RefundRequested {
  PaymentId payment_id;
  BookingId booking_id;
  Money amount;
};
BOOST_DESCRIBE_STRUCT(RefundRequested, (), (payment_id, booking_id, amount))

// ---- Traces -------------------------------------------------------------------------------------

/// A command was accepted but there was nothing left to do (a payment result that was known
/// already, a payment that was pending already).
struct CommandRepeated {
  CommandType command = CommandType::initiate_payment;
  BookingId booking_id;
  PaymentId payment_id;
};
BOOST_DESCRIBE_STRUCT(CommandRepeated, (), (command, booking_id, payment_id))

/// A command was refused. The ids say what it was about, as far as it has them; `seat_ids` are the
/// seats that stood in its way.
struct CommandRefused {
  CommandType command = CommandType::lock_seats;
  Refusal reason = Refusal::seat_taken;
  std::vector<SeatId> seat_ids;
  ShowId show_id;
  BookingId booking_id;
  PaymentId payment_id;
  std::string user_session;
  MovieId movie_id;
  TheatreId theatre_id;
  UserId user_id;
  std::string transaction_id;  ///< as the caller wrote it, in canonical form; may be unknown
};
BOOST_DESCRIBE_STRUCT(CommandRefused, (),
                      (command, reason, seat_ids, show_id, booking_id, payment_id, user_session,
                       movie_id, theatre_id, user_id, transaction_id))

/// The order of the alternatives is the order of EventType and never changes; new ones are
/// appended.
using EventBody =
    std::variant<MovieCreated, MovieChanged, MovieDeleted, TheatreCreated, TheatreChanged,
                 TheatreDeleted, ShowCreated, ShowChanged, ShowDeleted, UserRegistered, UserChanged,
                 UserRoleChanged, UserLoggedIn, SeatsLocked, SeatsReleased, LockExpired,
                 BookingCreated, BookingConfirmed, BookingCancelled, BookingExpired,
                 PaymentInitiated, PaymentSucceeded, PaymentFailed, RefundRequested,
                 CommandRepeated, CommandRefused, UserErased>;

// ---- The envelope -------------------------------------------------------------------------------

/// Who caused a command.
struct Actor {
  ActorKind kind = ActorKind::anonymous;
  UserId user_id;  ///< none unless a token came

  bool operator==(const Actor&) const = default;
};
BOOST_DESCRIBE_STRUCT(Actor, (), (kind, user_id))

/// An Idempotency-Key, kept with its effect. Both are keyed hashes, so that neither the key nor a
/// password in a body can be guessed from the log.
struct Idempotency {
  Fingerprint key;      ///< endpoint, caller and key
  Fingerprint request;  ///< the request's body

  bool operator==(const Idempotency&) const = default;
};
BOOST_DESCRIBE_STRUCT(Idempotency, (), (key, request))

/// One event as the log holds it.
struct Event {
  Position position;
  Position command;  ///< position of the first event of the same command
  Instant time;      ///< the frame's log time
  Actor actor;
  std::string cause;  ///< the request id; empty for the passing of time
  std::optional<Idempotency> idempotency;
  std::optional<TraceId> trace{};  ///< that the client asked to belong to
  EventBody body;
};

/// The events of one sync, in order, gapless. REQUIRES: not empty.
struct Frame {
  Instant time;
  std::vector<Event> events;

  Position first() const { return events.front().position; }
  Position last() const { return events.back().position; }
};

/// The type's name as printed and documented: "SeatsLocked".
std::string_view type_name(const EventBody& body);

}  // namespace boxoffice::events
