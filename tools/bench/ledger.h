// Ledger: what a server has acknowledged during a load, and whether all of it is true.
//
// Of every 200 to a command it keeps the position that the answer named (X-Event-Seq) and what it
// granted. The sweep goes through them in the order of the log and asks:
//   - was a seat granted to somebody while another held it?
//   - is each of them in the log, at its position, with the same seats?
//   - do the shows' reports count the money that was paid, and no other but for payments whose
//     outcome the server itself called unknown?
// The first needs nothing but the answers; the others ask the server.
//
// Threads: one. Limits: some 200 bytes an answer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace boxoffice::tools::bench {

/// What a command was granted.
enum class Granted : std::uint8_t { lock, release, booking, payment };

struct Grant {
  Position seq;  ///< of the answer
  Granted what = Granted::lock;
  ShowId show;
  std::uint32_t session = 0;  ///< of the customer's visit
  BookingId booking;          ///< of a booking or payment
  Money amount;               ///< of a payment
  Instant since;              ///< when it was answered, by the client's clock
  Instant until;              ///< the seats are held, by the server's; what is paid is for good
  std::vector<SeatId> seats;
};

/// An event as the server's feed tells it.
struct LoggedEvent {
  Position seq;
  Position command;  ///< the same for all events of one command
  std::string type;
  ShowId show;
  std::vector<SeatId> seats;
  BookingId booking;
};

struct SweepResult {
  std::uint64_t grants = 0;  ///< acknowledged, of all kinds
  std::uint64_t events = 0;  ///< of the log that were read
  Money paid;                ///< by the answers
  Money captured;            ///< by the reports
  std::uint64_t faults = 0;
  std::vector<std::string> first_faults;  ///< in words, the first few

  void fault(std::string text);
};

class Ledger {
 public:
  void add(Grant grant) { grants_.push_back(std::move(grant)); }

  /// A payment that may have been made: its answer did not say.
  void add_unsure(ShowId show, Money amount) { unsure_[show] += amount; }

  /// Gives the events after a position, in order, each once, to `take` until that says false.
  using Feed = std::function<Result<void>(
      Position after, const std::function<bool(const LoggedEvent& event)>& take)>;
  /// What a show's report says was captured.
  using Captured = std::function<Result<Money>(ShowId show)>;

  /// Fault: of `feed` and `captured` only. What is not true is in the result.
  Result<SweepResult> sweep(const Feed& feed, const Captured& captured);

 private:
  void check_holders(SweepResult& result) const;
  Result<void> check_log(const Feed& feed, SweepResult& result) const;
  Result<void> check_money(const Captured& captured, SweepResult& result) const;

  std::vector<Grant> grants_;
  std::map<ShowId, Money> unsure_;
};

}  // namespace boxoffice::tools::bench
