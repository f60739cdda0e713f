// Every interleaving of two customers, their payments and the passing of time, up to length 7.
//
// Ann and Bob want seats that overlap in seat 2. A command that changes nothing (refused, or a
// repeat) is checked and not followed further: the sequences that go on from there are those that
// go on without it, which are walked anyway.

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/engine/domain/cinema.h"
#include "tests/unit/engine/domain/state_text.h"

namespace boxoffice::tests {
namespace {

constexpr int length_max = 7;

struct Step {
  std::string name;
  Command command;
  events::Actor by{};
  Duration passes{};
};

std::vector<Step> alphabet() {
  return {{"Ann locks", lock({1, 2}, "a")},
          {"Bob locks", lock({2, 3}, "b")},
          {"Ann releases", release({1, 2}, "a")},
          {"Ann books", book({1, 2}, "a")},
          {"Bob books", book({2, 3}, "b", bob_email)},
          {"time passes", AdvanceTime{}, nobody, minutes(6)},
          {"booking 1 is paid for", pay(booking1, price * 2, 1)},
          {"booking 2 is paid for", pay(booking2, price * 2, 2)},
          {"the gateway says paid 1", says_paid(1), gateway},
          {"the gateway says paid 2", says_paid(2), gateway},
          {"the gateway says failed 1", says_failed(1), gateway},
          {"booking 1 is cancelled", CancelBooking{booking1}},
          {"the show is cancelled", DeleteShow{show1}}};
}

// Who has been told that a seat is theirs, and what became of the money: from the events alone, by
// a second and simpler set of books.
struct Ledger {
  std::map<SeatId, BookingId> sold_to;
  std::map<BookingId, std::vector<SeatId>> seats_of;
  std::map<BookingId, Money> confirmed;
  Money captured;
  Money refund_due;
  std::map<PaymentId, Money> amounts;

  void take(BookingId id) {
    for (const SeatId seat : seats_of.at(id)) {
      EXPECT_FALSE(sold_to.contains(seat)) << "seat " << seat.value << " has two owners";
      sold_to[seat] = id;
    }
  }
  void give_back(BookingId id) {
    for (const SeatId seat : seats_of.at(id)) sold_to.erase(seat);
    confirmed.erase(id);
  }
  void read(const events::EventBody& body) {
    if (const auto* created = std::get_if<events::BookingCreated>(&body)) {
      seats_of[created->booking_id] = created->seat_ids;
      take(created->booking_id);
    } else if (const auto* cancel = std::get_if<events::BookingCancelled>(&body)) {
      give_back(cancel->booking_id);
    } else if (const auto* expire = std::get_if<events::BookingExpired>(&body)) {
      give_back(expire->booking_id);
    } else if (const auto* confirm = std::get_if<events::BookingConfirmed>(&body)) {
      if (confirm->late) take(confirm->booking_id);
      confirmed[confirm->booking_id] = amounts.at(confirm->payment_id);
    } else if (const auto* initiate = std::get_if<events::PaymentInitiated>(&body)) {
      amounts[initiate->payment_id] = initiate->amount;
    } else if (const auto* paid = std::get_if<events::PaymentSucceeded>(&body)) {
      captured += amounts.at(paid->payment_id);
    } else if (const auto* due = std::get_if<events::RefundRequested>(&body)) {
      refund_due += due->amount;
    }
  }
  bool money_adds_up() const {
    Money sum = refund_due;
    for (const auto& [id, amount] : confirmed) sum += amount;
    return sum == captured;
  }
};

struct Walk {
  std::vector<Step> steps = alphabet();
  std::vector<std::string> path;
  std::map<std::string, int> seen;  // outcomes that must not be missing
  int sequences = 0;

  std::string path_text() const {
    std::string text;
    for (const auto& name : path) text += name + "; ";
    return text;
  }

  void note(const Bodies& happened) {
    for (const auto& body : happened) {
      std::string name(events::type_name(body));
      const auto* confirm = std::get_if<events::BookingConfirmed>(&body);
      if (confirm != nullptr && confirm->late) name = "late re-seat";
      ++seen[name];
    }
    if (happened.size() == 2 && std::holds_alternative<events::RefundRequested>(happened[1]) &&
        std::holds_alternative<events::PaymentSucceeded>(happened[0])) {
      ++seen["late refund"];
    }
  }

  // A crash here would recover this state: the same events, replayed from nothing.
  void check_replay(const std::vector<std::pair<Instant, Bodies>>& history, const State& state) {
    Scenario again;
    for (const auto& [at, bodies] : history) again.apply(bodies, at);
    EXPECT_EQ(text_of(again.state()), text_of(state));
  }

  void go(const Scenario& from, const Ledger& ledger_before, Instant now,
          std::vector<std::pair<Instant, Bodies>>& history) {
    if (path.size() == length_max) {
      check_replay(history, from.state());
      return;
    }
    for (const Step& step : steps) {
      Scenario scenario = from;
      Ledger ledger = ledger_before;
      const Instant at = now + step.passes;
      path.push_back(step.name);
      ++sequences;
      const Bodies happened = scenario.when(step.command, step.by, at).happened();
      for (const auto& body : happened) ledger.read(body);
      note(happened);
      EXPECT_TRUE(ledger.money_adds_up());
      if (testing::Test::HasFailure()) {
        FAIL() << path_text();
      }
      const bool repeated =
          happened.size() == 1 && std::holds_alternative<events::CommandRepeated>(happened[0]);
      const bool passed = step.passes != Duration(0);
      if (passed || (!happened.empty() && !repeated)) {
        history.emplace_back(at, happened);
        go(scenario, ledger, at, history);
        history.pop_back();
      }
      path.pop_back();
      if (testing::Test::HasFailure()) return;
    }
  }
};

TEST(Interleavings, of_two_customers_never_sell_a_seat_twice_nor_lose_money) {
  Walk walk;
  std::vector<std::pair<Instant, Bodies>> history{{noon, cinema()}};
  walk.go(given(cinema()), Ledger{}, noon, history);
  // Whatever the walk is about has happened in it.
  for (const char* outcome :
       {"SeatsLocked", "SeatsReleased", "LockExpired", "BookingCreated", "BookingExpired",
        "BookingCancelled", "BookingConfirmed", "PaymentInitiated", "PaymentSucceeded",
        "PaymentFailed", "RefundRequested", "CommandRepeated", "ShowDeleted", "late re-seat",
        "late refund"}) {
    EXPECT_GT(walk.seen[outcome], 0) << outcome;
  }
  EXPECT_GT(walk.sequences, 10'000);
  RecordProperty("sequences", walk.sequences);
}

}  // namespace
}  // namespace boxoffice::tests
