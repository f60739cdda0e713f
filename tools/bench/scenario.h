// What customers do: the scenarios of `boxoffice bench http`.
//
// A customer has a connection of its own. One visit after the other it chooses seats and makes the
// requests of its plan, until one is refused or the last is answered.
//
//   on-sale   everybody locks three seats of one show, until it is sold out; then of the next; one
//             in sixteen asks for a seat that is gone
//   spread    the same, each in the next of many shows
//   checkout  as spread; then they book and pay
//   herd      the same, but parties of one to six want the best seats
//   poll      seven of eight visits look at a seat map; the others lock seats and give them back
//   mixed     looking, browsing, locking, changing one's mind, and paying, all at once
//
// Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/money.h"
#include "http/client/client.h"
#include "tools/bench/connections.h"
#include "tools/bench/hall.h"
#include "tools/bench/ledger.h"

namespace boxoffice::tools::bench {

enum class ScenarioName : std::uint8_t { on_sale, spread, checkout, herd, poll, mixed };
BOOST_DESCRIBE_ENUM(ScenarioName, on_sale, spread, checkout, herd, poll, mixed)

/// What one request is for.
enum class Step : std::uint8_t { lock, release, book, pay, confirm, seat_map, movies };
BOOST_DESCRIBE_ENUM(Step, lock, release, book, pay, confirm, seat_map, movies)
inline constexpr std::size_t step_kinds = 7;

struct Ask {
  Step step = Step::lock;
  std::string_view request;  ///< good until the scenario is asked again
};

/// What became of a request.
enum class Outcome : std::uint8_t {
  done,
  refused,      ///< seats that another has, or a booking that came too late
  turned_away,  ///< 429, 503
  failed,       ///< any other status; another answer than what was asked for
};

/// What a scenario needs of the server.
struct Needs {
  std::size_t shows = 1;
  std::size_t seats = 0;  ///< of each
  bool buyer = false;     ///< somebody who is registered
};

class Scenario {
 public:
  /// `customers`: how many, all of them guests; `buyer`: the registered address that they book for.
  /// What is granted goes to `ledger`, unless that is null. It, `server` and `halls` outlive the
  /// scenario.
  Scenario(ScenarioName name, std::size_t customers, const http::ServerUrl& server,
           std::string buyer, std::deque<Hall>& halls, Ledger* ledger, std::uint64_t seed);

  static Needs needs(ScenarioName name);

  /// The first request of a visit; none: there is nothing left to be had.
  std::optional<Ask> begin(std::size_t customer);
  /// Takes the answer to a customer's request.
  Outcome answered(std::size_t customer, const ServerAnswer& answer);
  /// The next request of its visit; none: that is over.
  std::optional<Ask> go_on(std::size_t customer);

 private:
  using Plan = std::span<const Step>;
  struct Visit {
    Plan left;  ///< its steps that are still to be made
    Step step = Step::lock;
    Hall* hall = nullptr;
    std::vector<SeatId> seats;
    std::uint32_t session = 0;
    BookingId booking;
    Money amount;
    std::string transaction;
  };

  bool plan(Visit& visit);
  bool choose(Visit& visit, Plan steps, std::vector<SeatId> seats);
  Hall* open_hall();
  Ask ask(Visit& visit);
  void write_request(const Visit& visit);
  Outcome granted(Visit& visit, const ServerAnswer& answer);
  Outcome denied(const Visit& visit, const ServerAnswer& answer);
  Outcome keep(const Visit& visit, const ServerAnswer& answer, Granted what,
               std::vector<SeatId> seats, Instant until);

  const ScenarioName name_;
  const http::ServerUrl& server_;
  const std::string buyer_;
  std::deque<Hall>& halls_;
  Ledger* const ledger_;
  Random random_;
  std::vector<Visit> visits_;  // one a customer
  std::uint32_t sessions_ = 0;
  std::string run_;  // told apart from other runs' sessions
  std::string request_;
  std::string json_;
};

}  // namespace boxoffice::tools::bench
