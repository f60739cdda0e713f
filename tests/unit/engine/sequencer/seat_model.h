// The rules of seats, told a second time: a map from seat to holder, written from the contract and
// not from the engine, slow and plain. It predicts for each command whether it is accepted; where
// the engine and it disagree, one of the two misread the contract.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/domain/commands.h"
#include "engine/domain/rules.h"

namespace boxoffice::tests {

class SeatModel {
 public:
  explicit SeatModel(const engine::domain::Rules& rules) : rules_(rules) {}

  /// What is due by `now` expires.
  void let_time_pass(Instant now);
  /// Whether `command` is accepted at `now`; if so, it is done here too.
  bool accepts(const engine::domain::Command& command, const events::Actor& actor, Instant now);

 private:
  struct Show {
    std::uint32_t first_seat = 0;
    std::uint32_t seats = 0;
    Money price;
    std::uint32_t movie = 0;
    std::uint32_t theatre = 0;
    Date date;
    TimeOfDay time;
  };
  struct Held {
    std::uint32_t show = 0;
    std::uint32_t booking = 0;  // 0: a lock
    std::uint32_t user = 0;
    std::string session;
    Instant since;
    Instant until;
  };
  struct Booking {
    enum class Status { pending, confirmed, lapsed, cancelled };
    Status status = Status::pending;
    std::uint32_t show = 0;
    std::uint32_t user = 0;
    std::string session;
    bool guest = false;
    std::vector<SeatId> seats;
    Money total;
    Instant until;
    bool has_payment = false;
  };
  enum class PaymentStatus { pending, paid, failed };
  struct Payment {
    std::uint32_t booking = 0;
    PaymentStatus status = PaymentStatus::pending;
  };
  struct Asked {
    const events::Actor& actor;
    Instant now;
  };

  bool on(const engine::domain::LockSeats&, const Asked&);
  bool on(const engine::domain::ReleaseSeats&, const Asked&);
  bool on(const engine::domain::CreateBooking&, const Asked&);
  bool on(const engine::domain::CancelBooking&, const Asked&);
  bool on(const engine::domain::InitiatePayment&, const Asked&);
  bool on(const engine::domain::RecordPaymentResult&, const Asked&);
  bool on(const engine::domain::CreateMovie&, const Asked&);
  bool on(const engine::domain::DeleteMovie&, const Asked&);
  bool on(const engine::domain::CreateTheatre&, const Asked&);
  bool on(const engine::domain::ChangeTheatre&, const Asked&);
  bool on(const engine::domain::DeleteTheatre&, const Asked&);
  bool on(const engine::domain::CreateShow&, const Asked&);
  bool on(const engine::domain::ChangeShow&, const Asked&);
  bool on(const engine::domain::DeleteShow&, const Asked&);
  bool on(const engine::domain::RegisterUser&, const Asked&);
  bool on(const engine::domain::EraseUser&, const Asked&);
  bool on(const engine::domain::LogIn&, const Asked&);
  /// What the model does not know about is not used in its tests.
  template <class Other>
  bool on(const Other&, const Asked&) = delete;

  bool names_seats_of(std::uint32_t show, const std::vector<SeatId>& seats) const;
  const Held* holder(SeatId seat) const;
  bool is_mine(const Held& held, const Asked& asked, const std::string& session) const;
  bool may_be_booked(const engine::domain::CreateBooking& c, const Asked& asked) const;
  std::optional<std::string> implied_session(const std::vector<SeatId>& seats) const;
  bool within_quota(std::uint32_t show, const std::vector<SeatId>& seats, std::uint32_t user,
                    const std::string& session) const;
  bool within_live_locks(const std::vector<SeatId>& seats, std::uint32_t user,
                         const std::string& session) const;
  bool is_cooling(SeatId seat, const Asked& asked, const std::string& session) const;
  void lapse(SeatId seat, const Held& held, Instant now);
  bool has_live_bookings(std::uint32_t show) const;
  bool is_used(std::uint32_t Show::*member, std::uint32_t id) const;
  void give_seats_to(std::uint32_t booking_id);
  void free_seats_of(std::uint32_t booking_id);

  engine::domain::Rules rules_;
  std::map<SeatId, Held> held_;
  std::map<SeatId, Held> lapsed_;  // who let a seat lapse that nobody took since; `until`: when
  std::map<std::uint32_t, Show> shows_;
  std::map<std::uint32_t, std::vector<std::uint16_t>> theatres_;  // to its rows
  std::set<std::uint32_t> movies_;
  std::map<Fingerprint, std::uint32_t> users_;  // by address
  std::uint32_t last_user_ = 0;
  std::map<std::uint32_t, Booking> bookings_;
  std::map<Uuid, Payment> payments_;
  std::uint32_t movies_made_ = 0;
  std::uint32_t theatres_made_ = 0;
  std::uint32_t shows_made_ = 0;
  std::uint32_t seats_made_ = 0;
};

}  // namespace boxoffice::tests
