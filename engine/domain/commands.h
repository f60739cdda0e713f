// What can be asked of the engine: every command, as plain structs.
//
// Commands carry what was drawn or computed at the edge (a password hash, a transaction id, a
// payment outcome), so that deciding needs no randomness and no clock. They arrive well-formed:
// text is valid UTF-8 within its limits, amounts and counts are in range. Whether they make sense
// against the state is for decide() to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "events/events.h"

namespace boxoffice::engine::domain {

// ---- Catalogue ----------------------------------------------------------------------------------

struct MovieFields {
  std::string title;
  std::optional<std::string> description;
  std::int32_t duration_min = 0;
  std::string genre;
  std::string rating;
  std::optional<std::string> poster_url;
  Date release_date;
};
struct CreateMovie {
  MovieFields fields;
};
struct ChangeMovie {
  MovieId movie_id;
  MovieFields fields;
};
struct DeleteMovie {
  MovieId movie_id;
};

/// `layout`: seats per row, at most `rows_max` rows of 1..`row_seats_max`; empty: rows of 20, the
/// last one short. REQUIRES: when a layout is given, its sum is `total_seats`; 1..`hall_seats_max`.
struct TheatreFields {
  std::string name;
  std::string city;
  std::string address;
  std::int32_t total_seats = 100;
  std::vector<std::uint16_t> layout;
};
struct CreateTheatre {
  TheatreFields fields;
};
struct ChangeTheatre {
  TheatreId theatre_id;
  TheatreFields fields;
};
struct DeleteTheatre {
  TheatreId theatre_id;
};

inline constexpr std::int32_t hall_seats_max = 20'000;
inline constexpr std::size_t rows_max = 1'000;
inline constexpr std::uint16_t row_seats_max = 1'000;
inline constexpr std::uint16_t row_seats_default = 20;

struct CreateShow {
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
};
/// What is left out stays as it is.
struct ChangeShow {
  ShowId show_id;
  std::optional<Date> show_date;
  std::optional<TimeOfDay> show_time;
  std::optional<Money> price;
};
struct DeleteShow {
  ShowId show_id;
};

// ---- Users --------------------------------------------------------------------------------------

/// `key` is that of the ciphertexts, and nobody else's.
struct RegisterUser {
  UserKeyName key;
  Fingerprint email_fingerprint;
  Ciphertext email;
  Ciphertext password_hash;
  Ciphertext first_name;
  Ciphertext last_name;
};
/// What is left out stays as it is.
struct ChangeUser {
  UserId user_id;
  std::optional<Ciphertext> password_hash;
  std::optional<Ciphertext> first_name;
  std::optional<Ciphertext> last_name;
};
struct ChangeUserRole {
  UserId user_id;
  events::Role role = events::Role::user;
};
/// The edge has looked the user up (none: unknown address) and compared the password.
struct LogIn {
  UserId user_id;
  bool password_matches = false;
};
/// Nobody can find or read the user any more; what they bought stays sold.
struct EraseUser {
  UserId user_id;
};

// ---- Seats and bookings -------------------------------------------------------------------------
// The token's user, if a token came, is the context's actor.

struct LockSeats {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  std::string user_session;
};
struct ReleaseSeats {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  std::string user_session;
};
/// `user_session` is the proof of a lock; empty when the client sent none.
struct CreateBooking {
  ShowId show_id;
  std::vector<SeatId> seat_ids;
  Fingerprint email_fingerprint;  ///< of the user who books
  std::string user_session;
};
struct CancelBooking {
  BookingId booking_id;
};

// ---- Payments -----------------------------------------------------------------------------------

struct InitiatePayment {
  BookingId booking_id;
  Money amount;
  std::string payment_method;
  Uuid transaction_id;
  std::string user_session{};  ///< whose guest booking it is; empty when the client sent none
};
/// `drawn`: the outcome is a draw of the mock gateway, not a claim; when a result is already known,
/// that one stands and nothing contradicts it.
struct RecordPaymentResult {
  Uuid transaction_id;
  bool succeeded = false;
  bool drawn = false;
};

// ---- Time ---------------------------------------------------------------------------------------

/// Everything whose time is up at the context's `now` expires.
struct AdvanceTime {};

using Command =
    std::variant<CreateMovie, ChangeMovie, DeleteMovie, CreateTheatre, ChangeTheatre, DeleteTheatre,
                 CreateShow, ChangeShow, DeleteShow, RegisterUser, ChangeUser, ChangeUserRole,
                 LogIn, LockSeats, ReleaseSeats, CreateBooking, CancelBooking, InitiatePayment,
                 RecordPaymentResult, AdvanceTime, EraseUser>;

/// The alternatives of Command are in the order of CommandType.
inline events::CommandType type_of(const Command& command) {
  return static_cast<events::CommandType>(command.index());
}

}  // namespace boxoffice::engine::domain
