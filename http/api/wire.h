// What travels over the wire: every request and response body of the API, member by member in the
// order that clients see. (queries.h has what stands in addresses.) Limits sit in the member types
// (http/json/types.h); the OpenAPI document is generated from these same structs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "events/reasons.h"
#include "http/json/types.h"
#include "projections/views.h"

namespace boxoffice::http::api {

using json::Defaulted;
using json::Int;
using json::List;
using json::NonNegativeMoney;
using json::Text;

/// What a payment came to, as clients and gateways say it.
BOOST_DEFINE_FIXED_ENUM_CLASS(PaymentResult, std::uint8_t, success, failed)

// ---- Requests -----------------------------------------------------------------------------------

struct MovieRequest {
  Text<1, 300> title;
  std::optional<Text<0, 10'000>> description;
  Int<1, 100'000> duration;  ///< minutes
  Text<0, 100> genre;
  Text<0, 100> rating;
  std::optional<Text<0, 2'000>> poster_url;
  Date release_date;
};
BOOST_DESCRIBE_STRUCT(MovieRequest, (),
                      (title, description, duration, genre, rating, poster_url, release_date))

/// `layout`: seats per row; its sum is the number of seats. Left out: rows of 20.
struct TheatreRequest {
  Text<1, 300> name;
  Text<1, 200> city;
  Text<0, 1'000> address;
  std::optional<Int<1, 20'000>> total_seats;  ///< 100, or the layout's sum
  std::optional<List<Int<1, 1'000>, 1, 1'000>> layout;
};
BOOST_DESCRIBE_STRUCT(TheatreRequest, (), (name, city, address, total_seats, layout))

struct ShowRequest {
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  NonNegativeMoney price;
};
BOOST_DESCRIBE_STRUCT(ShowRequest, (), (movie_id, theatre_id, show_date, show_time, price))

struct ShowChangeRequest {
  std::optional<Date> show_date;
  std::optional<TimeOfDay> show_time;
  std::optional<NonNegativeMoney> price;
};
BOOST_DESCRIBE_STRUCT(ShowChangeRequest, (), (show_date, show_time, price))

/// Also releases: both say whose seats.
struct SeatsRequest {
  ShowId show_id;
  List<SeatId, 1, 1'000> seat_ids;
  Text<1, 255> user_session;
};
BOOST_DESCRIBE_STRUCT(SeatsRequest, (), (show_id, seat_ids, user_session))

struct BookingRequest {
  ShowId show_id;
  List<SeatId, 0, 1'000> seat_ids;
  Text<0, 320> user_email;
  std::optional<Text<0, 255>> user_session;
};
BOOST_DESCRIBE_STRUCT(BookingRequest, (), (show_id, seat_ids, user_email, user_session))

struct RegisterRequest {
  json::Email email;
  Text<8, 128> password;
  Text<0, 200> first_name;
  Text<0, 200> last_name;
};
BOOST_DESCRIBE_STRUCT(RegisterRequest, (), (email, password, first_name, last_name))

struct LoginRequest {
  json::Email email;
  Text<0, 128> password;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (email, password))

struct UserChangeRequest {
  std::optional<Text<0, 200>> first_name;
  std::optional<Text<0, 200>> last_name;
  std::optional<Text<8, 128>> password;
};
BOOST_DESCRIBE_STRUCT(UserChangeRequest, (), (first_name, last_name, password))

struct PaymentRequest {
  BookingId booking_id;
  Money amount;
  std::optional<Text<1, 100>> payment_method;  ///< "card"
  std::optional<Text<0, 255>> user_session;    ///< a guest's, in production
};
BOOST_DESCRIBE_STRUCT(PaymentRequest, (), (booking_id, amount, payment_method, user_session))

struct PaymentResultRequest {
  std::string transaction_id;
  PaymentResult status = PaymentResult::success;
};
BOOST_DESCRIBE_STRUCT(PaymentResultRequest, (), (transaction_id, status))

// ---- Responses ----------------------------------------------------------------------------------

struct Movie {
  std::string title;
  std::optional<std::string> description;
  std::int32_t duration = 0;
  std::string genre;
  std::string rating;
  std::optional<std::string> poster_url;
  Date release_date;
  MovieId id;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(Movie, (),
                      (title, description, duration, genre, rating, poster_url, release_date, id,
                       created_at))

struct Theatre {
  std::string name;
  std::string city;
  std::string address;
  std::int32_t total_seats = 0;
  TheatreId id;
  Instant created_at;
  std::optional<std::vector<std::uint16_t>> layout;
};
BOOST_DESCRIBE_STRUCT(Theatre, (), (name, city, address, total_seats, id, created_at, layout))

struct Show {
  MovieId movie_id;
  TheatreId theatre_id;
  Date show_date;
  TimeOfDay show_time;
  Money price;
  ShowId id;
  Instant created_at;
  std::optional<Movie> movie;
  std::optional<Theatre> theatre;
};
BOOST_DESCRIBE_STRUCT(Show, (),
                      (movie_id, theatre_id, show_date, show_time, price, id, created_at, movie,
                       theatre))

struct Seat {
  std::string seat_number;  ///< in its row: "1".."20"
  std::string row;          ///< "A".."Z", "AA", …
  SeatId id;
  ShowId show_id;
  bool is_booked = false;
  bool is_locked = false;
  std::optional<Instant> locked_until;
};
BOOST_DESCRIBE_STRUCT(Seat, (), (seat_number, row, id, show_id, is_booked, is_locked, locked_until))

struct User {
  std::string email;
  std::string first_name;
  std::string last_name;
  UserId id;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(User, (), (email, first_name, last_name, id, created_at))

struct Token {
  std::string access_token;
  std::string token_type = "bearer";
  User user;
};
BOOST_DESCRIBE_STRUCT(Token, (), (access_token, token_type, user))

struct LockAnswer {
  bool success = true;
  std::vector<SeatId> locked_seats;
  Instant expires_at;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(LockAnswer, (), (success, locked_seats, expires_at, message))

/// As LockAnswer, with what stood in the way; `expires_at` is when it was refused.
struct LockRefused {
  bool success = false;
  std::vector<SeatId> locked_seats;
  Instant expires_at;
  std::string message;
  std::vector<SeatId> unavailable_seats;
  events::Refusal reason = events::Refusal::seat_taken;
};
BOOST_DESCRIBE_STRUCT(LockRefused, (),
                      (success, locked_seats, expires_at, message, unavailable_seats, reason))

struct ReleaseAnswer {
  bool success = true;
  std::vector<SeatId> released_seats;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(ReleaseAnswer, (), (success, released_seats, message))

struct BookingSeat {
  SeatId seat_id;
  std::string seat_number;
  std::string row;
};
BOOST_DESCRIBE_STRUCT(BookingSeat, (), (seat_id, seat_number, row))

using BookingStatus = projections::BookingStatus;
using PaymentStatus = projections::PaymentStatus;

struct Booking {
  BookingId id;
  UserId user_id;
  ShowId show_id;
  Money total_amount;
  BookingStatus status = BookingStatus::pending;
  std::optional<std::string> payment_id;  ///< the transaction that settled it
  Instant created_at;
  std::vector<BookingSeat> booking_seats;
  std::optional<Show> show;
  std::optional<Instant> expires_at;  ///< the payment deadline, while pending
  std::optional<events::CancelReason> cancel_reason;
};
BOOST_DESCRIBE_STRUCT(Booking, (),
                      (id, user_id, show_id, total_amount, status, payment_id, created_at,
                       booking_seats, show, expires_at, cancel_reason))

struct Payment {
  PaymentId id;
  BookingId booking_id;
  Money amount;
  PaymentStatus status = PaymentStatus::pending;
  std::string payment_method;
  Uuid transaction_id;
  Instant created_at;
  bool late = false;  ///< the money came after the booking had lapsed
};
BOOST_DESCRIBE_STRUCT(Payment, (),
                      (id, booking_id, amount, status, payment_method, transaction_id, created_at,
                       late))

struct MockCallbackAnswer {
  PaymentResult status = PaymentResult::success;
  std::string transaction_id;
};
BOOST_DESCRIBE_STRUCT(MockCallbackAnswer, (), (status, transaction_id))

struct CancelCount {
  events::CancelReason reason = events::CancelReason::user;
  std::uint64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(CancelCount, (), (reason, count))

struct RefusalCount {
  events::Refusal reason = events::Refusal::seat_taken;
  std::uint64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(RefusalCount, (), (reason, count))

/// A show, or all shows of a movie, a theatre or a day; docs/reports.md explains each member. What
/// the shows of a line do not have in common is null.
struct SalesLine {
  std::optional<ShowId> show_id;
  std::optional<Date> show_date;
  std::optional<TimeOfDay> show_time;
  std::optional<MovieId> movie_id;
  std::optional<std::string> movie_title;
  std::optional<TheatreId> theatre_id;
  std::optional<std::string> theatre_name;
  std::optional<std::string> city;
  std::uint64_t shows = 0;
  std::uint64_t seats = 0;
  std::uint64_t seats_sold = 0;
  std::optional<double> occupancy;  ///< 0 to 1; null without seats
  std::uint64_t bookings = 0;
  std::uint64_t pending = 0;
  std::uint64_t confirmed = 0;
  std::uint64_t cancelled = 0;
  std::vector<CancelCount> cancel_reasons;
  std::uint64_t payments = 0;
  Money captured;
  std::uint64_t refunds = 0;
  Money refunds_due;
  Money revenue;
  std::uint64_t refusals = 0;
  std::vector<RefusalCount> refusal_reasons;
};
BOOST_DESCRIBE_STRUCT(SalesLine, (),
                      (show_id, show_date, show_time, movie_id, movie_title, theatre_id,
                       theatre_name, city, shows, seats, seats_sold, occupancy, bookings, pending,
                       confirmed, cancelled, cancel_reasons, payments, captured, refunds,
                       refunds_due, revenue, refusals, refusal_reasons))

struct SalesReport {
  projections::SalesBy by = projections::SalesBy::show;
  std::optional<Date> from;
  std::optional<Date> to;
  std::vector<SalesLine> lines;
  SalesLine total;
};
BOOST_DESCRIBE_STRUCT(SalesReport, (), (by, from, to, lines, total))

/// `user_id` or `guest`: for whom the seats are, were, or were meant to be.
struct HistoryEntry {
  Position seq;
  Instant time;
  projections::HistoryKind kind = projections::HistoryKind::locked;
  events::ActorKind actor = events::ActorKind::anonymous;
  std::vector<SeatId> seat_ids;
  std::optional<UserId> user_id;
  std::optional<std::string> guest;  ///< the same for the same session, which it does not tell
  std::optional<BookingId> booking_id;
  std::optional<Instant> until;
  std::optional<events::CancelReason> cancel_reason;
  std::optional<events::CommandType> command;
  std::optional<events::Refusal> reason;
};
BOOST_DESCRIBE_STRUCT(HistoryEntry, (),
                      (seq, time, kind, actor, seat_ids, user_id, guest, booking_id, until,
                       cancel_reason, command, reason))

struct HistoryPage {
  std::vector<HistoryEntry> entries;
  std::optional<Position> next_after;  ///< there may be more; null: this was the end
};
BOOST_DESCRIBE_STRUCT(HistoryPage, (), (entries, next_after))

struct Deleted {
  bool deleted = true;
  std::uint32_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Deleted, (), (deleted, id))

struct Welcome {
  std::string message;
};
BOOST_DESCRIBE_STRUCT(Welcome, (), (message))

struct Health {
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))

struct Readiness {
  std::string status = "ready";
  std::vector<std::string> problems;
};
BOOST_DESCRIBE_STRUCT(Readiness, (), (status, problems))

/// The same when it is not, with the members that every error has but for the number `status`: that
/// name is taken.
struct NotReady {
  std::string status = "not ready";
  std::vector<std::string> problems;
  std::string detail;
  std::string type;
  std::string title;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(NotReady, (), (status, problems, detail, type, title, code))

/// What an event's `data` holds depends on its type: events/events.h, member by member.
struct EventData {};
BOOST_DESCRIBE_STRUCT(EventData, (), ())

struct EventActor {
  events::ActorKind kind = events::ActorKind::anonymous;
  std::optional<UserId> user_id;
};
BOOST_DESCRIBE_STRUCT(EventActor, (), (kind, user_id))

/// A line of the event feed, for the document; the lines themselves are events/print.h's.
struct EventLine {
  Position seq;
  std::string type;
  Instant time;
  EventData data;
  Position command;
  EventActor actor;
  std::string cause;
  std::optional<std::string> trace;
};
BOOST_DESCRIBE_STRUCT(EventLine, (), (seq, type, time, data, command, actor, cause, trace))

/// Every error but a validation error: RFC 9457, behind FastAPI's `detail`; http/api/problems.h has
/// what there is.
struct Problem {
  std::string detail;
  std::string type;
  std::string title;
  std::int32_t status = 0;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (detail, type, title, status, code))

}  // namespace boxoffice::http::api
