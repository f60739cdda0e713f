#include "tools/bench/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace boxoffice::tools::bench {

namespace {

constexpr std::size_t faults_told_max = 10;

std::string_view name_of(Granted what) {
  switch (what) {
    case Granted::lock: return "lock";
    case Granted::release: return "release";
    case Granted::booking: return "booking";
    case Granted::payment: return "payment";
  }
  return "?";
}

// Who has a seat, by the answers so far.
struct Holder {
  std::uint32_t session = 0;
  Instant until;
};

/// Whether one of a command's events is what the grant says.
bool is_in(const std::vector<LoggedEvent>& command, const Grant& grant) {
  const auto same_seats = [&](const LoggedEvent& event, std::string_view type) {
    return event.type == type && event.show == grant.show && event.seats == grant.seats;
  };
  return std::any_of(command.begin(), command.end(), [&](const LoggedEvent& event) {
    switch (grant.what) {
      case Granted::lock: return same_seats(event, "SeatsLocked");
      case Granted::release: return same_seats(event, "SeatsReleased");
      case Granted::booking:
        return same_seats(event, "BookingCreated") && event.booking == grant.booking;
      case Granted::payment:
        return event.type == "BookingConfirmed" && event.booking == grant.booking;
    }
    return false;
  });
}

}  // namespace

void SweepResult::fault(std::string text) {
  ++faults;
  if (first_faults.size() < faults_told_max) first_faults.push_back(std::move(text));
}

Result<SweepResult> Ledger::sweep(const Feed& feed, const Captured& captured) {
  std::stable_sort(grants_.begin(), grants_.end(),
                   [](const Grant& a, const Grant& b) { return a.seq < b.seq; });
  SweepResult result;
  result.grants = grants_.size();
  check_holders(result);
  TRY(check_log(feed, result));
  TRY(check_money(captured, result));
  return result;
}

// By the answers alone, in the order that they name. Both clocks are of one machine, or agree to
// the second: a lock lasts for minutes.
void Ledger::check_holders(SweepResult& result) const {
  std::unordered_map<SeatId, Holder> holders;  // seats' ids are of all shows together
  Position before;
  for (const Grant& grant : grants_) {
    if (!grant.seq) result.fault(fmt::format("a {} without a position", name_of(grant.what)));
    if (grant.seq && grant.seq == before) {
      result.fault(fmt::format("two answers name position {}", grant.seq.value));
    }
    before = grant.seq;
    for (const SeatId seat : grant.seats) {
      const auto held = holders.find(seat);
      const bool by_another = held != holders.end() && held->second.session != grant.session;
      if (grant.what == Granted::release) {
        if (held != holders.end() && !by_another) holders.erase(held);
        continue;
      }
      if (by_another && grant.since < held->second.until) {
        result.fault(fmt::format("seat {} is another's still, and was granted at position {}",
                                 seat.value, grant.seq.value));
      }
      holders[seat] = {grant.session, grant.until};
    }
  }
}

Result<void> Ledger::check_log(const Feed& feed, SweepResult& result) const {
  auto next = std::find_if(grants_.begin(), grants_.end(),
                           [](const Grant& grant) { return static_cast<bool>(grant.seq); });
  if (next == grants_.end()) return success();
  // A command's events stand together, and its answer names the last of them.
  constexpr std::uint64_t command_events_max = 64;
  const Position first = next->seq;
  const Position after(first.value - std::min(first.value, command_events_max));
  std::vector<LoggedEvent> command;
  TRY(feed(after, [&](const LoggedEvent& event) {
    ++result.events;
    if (!command.empty() && command.front().command != event.command) command.clear();
    command.push_back(event);
    for (; next != grants_.end() && next->seq <= event.seq; ++next) {
      if (next->seq < event.seq) {
        result.fault(fmt::format("position {} is not in the log", next->seq.value));
      } else if (!is_in(command, *next)) {
        result.fault(fmt::format("position {}: acknowledged as a {}, but the log has {} there",
                                 next->seq.value, name_of(next->what), event.type));
      }
    }
    return next != grants_.end();
  }));
  for (; next != grants_.end(); ++next) {
    result.fault(fmt::format("position {} is not in the log", next->seq.value));
  }
  return success();
}

Result<void> Ledger::check_money(const Captured& captured, SweepResult& result) const {
  std::map<ShowId, Money> paid = unsure_;  // the shows whose reports are read
  for (auto& [show, amount] : paid) amount = Money();
  std::set<BookingId> settled;
  for (const Grant& grant : grants_) {
    if (grant.what == Granted::booking) paid[grant.show] += Money();
    if (grant.what != Granted::payment) continue;
    paid[grant.show] += grant.amount;
    result.paid += grant.amount;
    if (!settled.insert(grant.booking).second) {
      result.fault(fmt::format("booking {} was paid twice", grant.booking.value));
    }
  }
  for (const auto& [show, amount] : paid) {
    TRY(const Money told, captured(show));
    result.captured += told;
    const auto unsure = unsure_.find(show);
    const Money at_most = unsure == unsure_.end() ? amount : amount + unsure->second;
    if (told < amount || told > at_most) {
      result.fault(fmt::format("show {}: {} was paid, and its report says {}", show.value,
                               to_string(amount), to_string(told)));
    }
  }
  return success();
}

}  // namespace boxoffice::tools::bench
