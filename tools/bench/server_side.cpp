#include "tools/bench/server_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "base/describe.h"
#include "base/time.h"
#include "http/json/decode.h"

namespace boxoffice::tools::bench {

// What is read of the answers; other members are passed over. Beside no unnamed namespace, since
// described structs have a name.
struct MadeAnswer {
  std::uint32_t id = 0;
};
BOOST_DESCRIBE_STRUCT(MadeAnswer, (), (id))

struct SeatsAnswer {
  std::vector<MadeAnswer> seats;
};
BOOST_DESCRIBE_STRUCT(SeatsAnswer, (), (seats))

struct ReportAnswer {
  Money captured;
};
BOOST_DESCRIBE_STRUCT(ReportAnswer, (), (captured))

struct EventAnswerData {
  std::optional<ShowId> show_id;
  std::optional<std::vector<SeatId>> seat_ids;
  std::optional<BookingId> booking_id;
};
BOOST_DESCRIBE_STRUCT(EventAnswerData, (), (show_id, seat_ids, booking_id))

struct EventAnswer {
  Position seq;
  Position command;
  std::string type;
  EventAnswerData data;
};
BOOST_DESCRIBE_STRUCT(EventAnswer, (), (seq, command, type, data))

namespace {

constexpr std::uint64_t page_events = 1'000;
constexpr std::int64_t price_cents = 1'250;
// Far enough ahead that nobody's lock or booking meets the show's beginning.
constexpr int first_day = 7;

std::string date_after_days(int days) {
  return to_string(add_days(date_of(instant_of(std::chrono::system_clock::now())), days));
}

template <class T>
Result<T> parsed(std::string_view json, std::string_view what) {
  http::json::Issues issues;
  auto value = http::json::decode_body<T>(json, issues);
  if (value) return *std::move(value);
  return fault(FaultKind::corrupt, fmt::format("{}: not the answer of this version", what));
}

Result<std::string> body_of(Connections::OwnAnswer answer, std::string_view what) {
  if (answer.status / 100 == 2) return std::move(answer.body);
  const bool is_refused = answer.status == 401 || answer.status == 403;
  return fault(is_refused ? FaultKind::invalid : FaultKind::unavailable,
               fmt::format("{}: {} {}{}", what, answer.status, answer.body.substr(0, 300),
                           is_refused ? "; set BOXOFFICE_TOKEN to an admin's token" : ""));
}

}  // namespace

ServerSide::ServerSide(Connections& connections, const http::ServerUrl& server,
                       const std::string& token)
    : connections_(connections),
      server_(server),
      fields_(token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") {}

// A server that is busy says so, and has not done anything then.
Result<Connections::OwnAnswer> ServerSide::ask(const std::string& request) {
  constexpr std::chrono::seconds patience{30};
  constexpr std::chrono::milliseconds pause{250};
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (true) {
    TRY(auto answer, connections_.ask(request));
    if (answer.status != 503 || std::chrono::steady_clock::now() >= give_up) return answer;
    std::this_thread::sleep_for(pause);
  }
}

Result<std::string> ServerSide::get(const std::string& target) {
  TRY(auto answer, ask(get_request(server_, target, fields_)));
  return body_of(std::move(answer), "GET " + target);
}

Result<std::string> ServerSide::post(const std::string& target, const std::string& json) {
  std::string request;
  append_post_request(request, server_, target, fields_, json);
  TRY(auto answer, ask(request));
  return body_of(std::move(answer), "POST " + target);
}

Result<std::deque<Hall>> ServerSide::make_shows(const Needs& needs) {
  TRY(const auto movie_json,
      post("/api/movies", R"({"title":"Load","description":null,"duration":100,"genre":"Load",)"
                          R"("rating":"PG","poster_url":null,"release_date":"2020-01-01"})"));
  TRY(const auto movie, parsed<MadeAnswer>(movie_json, "POST /api/movies"));
  TRY(const auto theatre_json,
      post("/api/theatres",
           fmt::format(R"({{"name":"Load","city":"Load","address":"","total_seats":{}}})",
                       needs.seats)));
  TRY(const auto theatre, parsed<MadeAnswer>(theatre_json, "POST /api/theatres"));
  std::deque<Hall> halls;
  for (std::size_t i = 0; i < needs.shows; ++i) {
    // A show a day: two in one theatre may not meet.
    TRY(const auto show_json,
        post("/api/shows",
             fmt::format(R"({{"movie_id":{},"theatre_id":{},"show_date":"{}",)"
                         R"("show_time":"20:00:00","price":{}}})",
                         movie.id, theatre.id, date_after_days(first_day + static_cast<int>(i)),
                         to_string(Money{price_cents}))));
    TRY(const auto show, parsed<MadeAnswer>(show_json, "POST /api/shows"));
    const std::string target = fmt::format("/api/shows/{}/seats", show.id);
    TRY(const auto seats_json, get(target));
    TRY(const auto list, parsed<SeatsAnswer>(R"({"seats":)" + seats_json + "}", "GET " + target));
    std::vector<SeatId> seats;
    seats.reserve(list.seats.size());
    for (const MadeAnswer& seat : list.seats) seats.emplace_back(seat.id);
    halls.emplace_back(ShowId(show.id), std::move(seats));
  }
  return halls;
}

Result<std::string> ServerSide::register_buyer() {
  std::random_device random;
  std::string email = fmt::format("bench-{:08x}{:08x}@example.com", random(), random());
  TRY(post("/api/users/register",
           fmt::format(R"({{"email":"{}","password":"{:08x}{:08x}{:08x}{:08x}",)"
                       R"("first_name":"Load","last_name":"Load"}})",
                       email, random(), random(), random(), random())));
  return email;
}

Result<void> ServerSide::read_log(Position after,
                                  const std::function<bool(const LoggedEvent& event)>& take) {
  while (true) {
    const std::string target =
        fmt::format("/api/events?after={}&limit={}", after.value, page_events);
    TRY(auto page, ask(get_request(server_, target, fields_)));
    // The log ends before that position.
    if (page.status == 400) return success();
    TRY(const std::string text, body_of(std::move(page), "GET " + target));
    std::string_view lines = text;
    if (lines.empty()) return success();
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      TRY(auto event, parsed<EventAnswer>(lines.substr(0, end), "GET " + target));
      lines.remove_prefix(std::min(end + 1, lines.size()));
      after = event.seq;
      const bool goes_on = take(
          {.seq = event.seq,
           .command = event.command,
           .type = std::move(event.type),
           .show = event.data.show_id.value_or(ShowId()),
           .seats = event.data.seat_ids ? *std::move(event.data.seat_ids) : std::vector<SeatId>(),
           .booking = event.data.booking_id.value_or(BookingId())});
      if (!goes_on) return success();
    }
  }
}

Result<Money> ServerSide::captured(ShowId show) {
  const std::string target = fmt::format("/api/shows/{}/report", show.value);
  TRY(const auto json, get(target));
  TRY(const auto report, parsed<ReportAnswer>(json, "GET " + target));
  return report.captured;
}

}  // namespace boxoffice::tools::bench
