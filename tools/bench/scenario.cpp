#include "tools/bench/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <limits>
#include <utility>

#include "base/time.h"

namespace boxoffice::tools::bench {

namespace {

constexpr std::size_t seats_each = 3;
constexpr std::size_t hall_seats = 18'000;
constexpr std::size_t party_max = 6;
constexpr std::uint64_t hopeless_one_in = 16;
constexpr Instant for_good{std::numeric_limits<std::int64_t>::max()};

constexpr std::array locks{Step::lock};
constexpr std::array purchase{Step::lock, Step::book, Step::pay, Step::confirm};
constexpr std::array second_thoughts{Step::lock, Step::release};
constexpr std::array look{Step::seat_map};
constexpr std::array browse{Step::movies, Step::seat_map};

Instant client_clock() { return instant_of(std::chrono::system_clock::now()); }

// The answers are our own, member after member without spaces; parsing each as a whole would take
// the client longer than the server takes to write it.

/// What stands behind `"name":` in an object that has no other member of that name before it.
std::string_view member(std::string_view json, std::string_view name) {
  const std::string quoted = fmt::format("\"{}\":", name);
  const std::size_t at = json.find(quoted);
  if (at == json.npos) return {};
  const std::string_view rest = json.substr(at + quoted.size());
  if (!rest.starts_with('"')) return rest.substr(0, rest.find_first_of(",}]"));
  return rest.substr(1, rest.find('"', 1) - 1);
}

template <class Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Instant moment(std::string_view text) { return parse_instant(text).value_or(Instant()); }

/// A member that is a list of ids.
std::vector<SeatId> list_of(std::string_view json, std::string_view name) {
  std::vector<SeatId> seats;
  const std::string quoted = fmt::format("\"{}\":[", name);
  const std::size_t at = json.find(quoted);
  if (at == json.npos) return seats;
  std::string_view list = json.substr(at + quoted.size());
  list = list.substr(0, list.find(']'));
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    seats.emplace_back(number<std::uint32_t>(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return seats;
}

/// Of a booking, whose seats are objects.
std::vector<SeatId> booked_seats(std::string_view json) {
  constexpr std::string_view name = R"("seat_id":)";
  std::vector<SeatId> seats;
  for (std::size_t at = json.find(name); at != json.npos; at = json.find(name, at + 1)) {
    seats.emplace_back(number<std::uint32_t>(json.substr(at + name.size())));
  }
  return seats;
}

}  // namespace

Scenario::Scenario(ScenarioName name, std::size_t customers, const http::ServerUrl& server,
                   std::string buyer, std::deque<Hall>& halls, Ledger* ledger, std::uint64_t seed)
    : name_(name),
      server_(server),
      buyer_(std::move(buyer)),
      halls_(halls),
      ledger_(ledger),
      random_(seed),
      visits_(customers),
      run_(fmt::format("bench-{:x}", seed)) {}

Needs Scenario::needs(ScenarioName name) {
  switch (name) {
    case ScenarioName::on_sale:
    case ScenarioName::spread: return {.shows = 64, .seats = hall_seats};
    case ScenarioName::checkout: return {.shows = 64, .seats = hall_seats, .buyer = true};
    case ScenarioName::herd: return {.shows = 64, .seats = 1'000};
    case ScenarioName::poll: return {.shows = 8, .seats = 200};
    case ScenarioName::mixed: return {.shows = 64, .seats = 2'000, .buyer = true};
  }
  return {};
}

/// The first hall that has seats left.
Hall* Scenario::open_hall() {
  const auto found =
      std::find_if(halls_.begin(), halls_.end(), [](const Hall& hall) { return hall.free() > 0; });
  return found == halls_.end() ? nullptr : &*found;
}

bool Scenario::choose(Visit& visit, Plan steps, std::vector<SeatId> seats) {
  visit.seats = std::move(seats);
  visit.left = steps;
  return !visit.seats.empty();
}

/// False: there is nothing left to be had.
bool Scenario::plan(Visit& visit) {
  const auto spread = [&](Plan steps) {
    for (std::size_t tries = 0; tries < halls_.size(); ++tries) {
      visit.hall = &halls_[(sessions_ + tries) % halls_.size()];
      if (choose(visit, steps, visit.hall->choose_next(seats_each))) return true;
    }
    return false;
  };
  const auto at_random = [&](Plan steps) {
    visit.hall = &halls_[random_() % halls_.size()];
    return choose(visit, steps, visit.hall->choose_anywhere(seats_each, random_)) || spread(steps);
  };
  const auto read = [&](Plan steps) {
    visit.hall = &halls_[random_() % halls_.size()];
    visit.left = steps;
    return true;
  };
  // Somebody always asks for what is gone, and must not get it.
  const auto hopeless = [&] {
    return random_() % hopeless_one_in == 0 &&
           choose(visit, locks, visit.hall->choose_taken(random_));
  };
  switch (name_) {
    case ScenarioName::on_sale:
      visit.hall = open_hall();
      return visit.hall != nullptr &&
             (hopeless() ||
              choose(visit, locks, visit.hall->choose_anywhere(seats_each, random_)) ||
              choose(visit, locks, visit.hall->choose_anywhere(1, random_)));
    case ScenarioName::spread: return spread(locks);
    case ScenarioName::checkout: return spread(purchase);
    case ScenarioName::herd: {
      visit.hall = open_hall();
      if (visit.hall == nullptr) return false;
      if (hopeless()) return true;
      const std::size_t party = random_() % party_max + 1;
      if (choose(visit, locks, visit.hall->choose_best(party, random_))) return true;
      return choose(visit, locks, visit.hall->choose_best(1, random_));
    }
    case ScenarioName::poll:
      return (random_() % 8 == 0 && at_random(second_thoughts)) || read(look);
    case ScenarioName::mixed: {
      const auto dice = random_() % 100;
      if (dice < 60) return read(look);
      if (dice < 70) return read(browse);
      if (dice < 90) return at_random(second_thoughts) || read(look);
      return at_random(purchase) || read(look);
    }
  }
  return false;
}

std::optional<Ask> Scenario::begin(std::size_t customer) {
  Visit& visit = visits_[customer];
  if (!plan(visit)) return std::nullopt;
  visit.session = ++sessions_;
  return ask(visit);
}

std::optional<Ask> Scenario::go_on(std::size_t customer) {
  Visit& visit = visits_[customer];
  if (visit.left.empty()) return std::nullopt;
  return ask(visit);
}

Ask Scenario::ask(Visit& visit) {
  visit.step = visit.left.front();
  visit.left = visit.left.subspan(1);
  write_request(visit);
  return {visit.step, request_};
}

void Scenario::write_request(const Visit& visit) {
  request_.clear();
  json_.clear();
  const auto to_json = std::back_inserter(json_);
  const auto get = [&](const std::string& target) { request_ = get_request(server_, target); };
  const auto post = [&](std::string_view target) {
    append_post_request(request_, server_, target, {}, json_);
  };
  const auto seats = [&] {
    for (const SeatId seat : visit.seats) {
      if (json_.back() != '[') json_ += ',';
      fmt::format_to(to_json, "{}", seat.value);
    }
  };
  switch (visit.step) {
    case Step::seat_map: return get(fmt::format("/api/shows/{}/seats", visit.hall->show().value));
    case Step::movies: return get("/api/movies?limit=20");
    case Step::lock:
    case Step::release:
    case Step::book:
      fmt::format_to(to_json, R"({{"show_id":{},"seat_ids":[)", visit.hall->show().value);
      seats();
      fmt::format_to(to_json, R"(],"user_session":"{}-{}")", run_, visit.session);
      if (visit.step == Step::book) {
        fmt::format_to(to_json, R"(,"user_email":"{}")", buyer_);
      }
      json_ += '}';
      return post(visit.step == Step::lock      ? "/api/seats/lock"
                  : visit.step == Step::release ? "/api/seats/release"
                                                : "/api/bookings");
    case Step::pay:
      fmt::format_to(to_json, R"({{"booking_id":{},"amount":{},"user_session":"{}-{}"}})",
                     visit.booking.value, to_string(visit.amount), run_, visit.session);
      return post("/api/payments/initiate");
    case Step::confirm:
      fmt::format_to(to_json, R"({{"transaction_id":"{}","status":"success"}})", visit.transaction);
      return post("/api/payments/confirm");
  }
}

Outcome Scenario::answered(std::size_t customer, const ServerAnswer& answer) {
  Visit& visit = visits_[customer];
  const Outcome outcome = answer.status / 100 == 2 ? granted(visit, answer) : denied(visit, answer);
  if (outcome != Outcome::done) visit.left = {};
  return outcome;
}

Outcome Scenario::denied(const Visit& visit, const ServerAnswer& answer) {
  // It may have been made all the same.
  if (visit.step == Step::confirm && answer.status / 100 == 5 && ledger_ != nullptr) {
    ledger_->add_unsure(visit.hall->show(), visit.amount);
  }
  if (answer.status == 429 || answer.status == 503) {
    if (visit.step == Step::lock) visit.hall->give_back(visit.seats);
    return Outcome::turned_away;
  }
  return member(answer.body, "code") == "booking_refused" ? Outcome::refused : Outcome::failed;
}

Outcome Scenario::granted(Visit& visit, const ServerAnswer& answer) {
  const std::string_view json = answer.body;
  switch (visit.step) {
    case Step::seat_map:
    case Step::movies: return Outcome::done;
    case Step::lock:
      if (member(json, "success") != "true") {
        // Who gives seats back again does not count on them, which others may do as well.
        const bool stays = visit.left.empty() || visit.left.front() != Step::release;
        if (stays) visit.hall->taken(list_of(json, "unavailable_seats"));
        return member(json, "reason") == "seat_taken" ? Outcome::refused : Outcome::failed;
      }
      visit.hall->taken(visit.seats);
      return keep(visit, answer, Granted::lock, list_of(json, "locked_seats"),
                  moment(member(json, "expires_at")));
    case Step::release:
      visit.hall->freed(visit.seats);
      // Not in time: they are free already.
      if (member(json, "success") != "true") return Outcome::refused;
      return keep(visit, answer, Granted::release, list_of(json, "released_seats"), {});
    case Step::book:
      visit.booking = BookingId(number<std::uint32_t>(member(json, "id")));
      visit.amount = parse_money(member(json, "total_amount")).value_or(Money());
      // The booking's own: its show has none of that name.
      return keep(visit, answer, Granted::booking, booked_seats(json),
                  moment(member(json, "expires_at")));
    case Step::pay: visit.transaction = member(json, "transaction_id"); return Outcome::done;
    case Step::confirm:
      // Too late: refunded.
      if (member(json, "status") != "success") return Outcome::refused;
      return keep(visit, answer, Granted::payment, visit.seats, for_good);
  }
  return Outcome::failed;
}

/// Takes note of what the answer says, which has to be what was asked for.
Outcome Scenario::keep(const Visit& visit, const ServerAnswer& answer, Granted what,
                       std::vector<SeatId> seats, Instant until) {
  const Outcome outcome = seats == visit.seats ? Outcome::done : Outcome::failed;
  if (ledger_ == nullptr) return outcome;
  ledger_->add({.seq = Position(number<std::uint64_t>(answer.field("X-Event-Seq"))),
                .what = what,
                .show = visit.hall->show(),
                .session = visit.session,
                .booking = visit.booking,
                .amount = visit.amount,
                .since = client_clock(),
                .until = until,
                .seats = std::move(seats)});
  return outcome;
}

}  // namespace boxoffice::tools::bench
