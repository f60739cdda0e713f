#include "tests/unit/engine/sequencer/seat_model.h"

#include <algorithm>
#include <numeric>

namespace boxoffice::tests {

using namespace engine::domain;

bool SeatModel::accepts(const Command& command, const events::Actor& actor, Instant now) {
  let_time_pass(now);
  const Asked asked{actor, now};
  return std::visit(
      [&](const auto& c) {
        // Commands about which seats have nothing to say.
        using C = std::decay_t<decltype(c)>;
        if constexpr (std::is_same_v<C, AdvanceTime> || std::is_same_v<C, ChangeMovie> ||
                      std::is_same_v<C, ChangeUser> || std::is_same_v<C, ChangeUserRole>) {
          return true;
        } else {
          return on(c, asked);
        }
      },
      command);
}

void SeatModel::let_time_pass(Instant now) {
  std::erase_if(held_, [&](const auto& entry) {
    const bool is_over = entry.second.booking == 0 && entry.second.until <= now;
    if (is_over) lapse(entry.first, entry.second, now);
    return is_over;
  });
  for (auto& [id, booking] : bookings_) {
    if (booking.status == Booking::Status::pending && booking.until <= now) {
      for (const SeatId seat : booking.seats) lapse(seat, held_.at(seat), now);
      free_seats_of(id);
      booking.status = Booking::Status::lapsed;
    }
  }
}

// ---- Seats --------------------------------------------------------------------------------------

bool SeatModel::names_seats_of(std::uint32_t show, const std::vector<SeatId>& seats) const {
  const Show& of = shows_.at(show);
  for (const SeatId seat : seats) {
    if (seat.value < of.first_seat || seat.value >= of.first_seat + of.seats) return false;
  }
  return !seats.empty() && std::set<SeatId>(seats.begin(), seats.end()).size() == seats.size();
}

const SeatModel::Held* SeatModel::holder(SeatId seat) const {
  const auto at = held_.find(seat);
  return at == held_.end() ? nullptr : &at->second;
}

// "The lock belongs to user_session (and to the token's user, if a token came)."
bool SeatModel::is_mine(const Held& held, const Asked& asked, const std::string& session) const {
  if (held.booking != 0) return false;
  if (held.user != 0) return held.user == asked.actor.user_id.value;
  return held.session == session;
}

// "At most 10 seats per owner and show", by user if a token came, else by session.
bool SeatModel::within_quota(std::uint32_t show, const std::vector<SeatId>& seats,
                             std::uint32_t user, const std::string& session) const {
  if (user == 0 && session.empty()) return true;
  std::set<SeatId> all(seats.begin(), seats.end());
  for (const auto& [seat, held] : held_) {
    const bool same = user != 0 ? held.user == user : held.user == 0 && held.session == session;
    if (held.show == show && same) all.insert(seat);
  }
  return all.size() <= rules_.seats_per_owner_max;
}

// "Seats that one owner may have locked at once, in all shows together."
bool SeatModel::within_live_locks(const std::vector<SeatId>& seats, std::uint32_t user,
                                  const std::string& session) const {
  std::set<SeatId> all(seats.begin(), seats.end());
  for (const auto& [seat, held] : held_) {
    const bool same = user != 0 ? held.user == user : held.user == 0 && held.session == session;
    if (held.booking == 0 && same) all.insert(seat);
  }
  return all.size() <= rules_.live_locks_per_owner_max;
}

// "An owner that let a seat lapse may not lock it again, unless somebody else had it meanwhile."
bool SeatModel::is_cooling(SeatId seat, const Asked& asked, const std::string& session) const {
  const auto at = lapsed_.find(seat);
  if (at == lapsed_.end() || held_.contains(seat)) return false;
  const Held& held = at->second;
  const std::uint32_t user = asked.actor.user_id.value;
  const bool same = user != 0 ? held.user == user : held.user == 0 && held.session == session;
  return same && asked.now < held.until + rules_.lock_cooldown;
}

void SeatModel::lapse(SeatId seat, const Held& held, Instant now) {
  if (held.user == 0 && held.session.empty()) return;
  lapsed_[seat] = held;
  lapsed_[seat].until = now;
}

bool SeatModel::on(const LockSeats& c, const Asked& asked) {
  if (!shows_.contains(c.show_id.value) || !names_seats_of(c.show_id.value, c.seat_ids)) {
    return false;
  }
  Instant since = asked.now;
  for (const SeatId seat : c.seat_ids) {
    const Held* held = holder(seat);
    if (held == nullptr) continue;
    if (!is_mine(*held, asked, c.user_session)) return false;
    since = std::min(since, held->since);
  }
  const std::uint32_t user = asked.actor.user_id.value;
  if (!within_quota(c.show_id.value, c.seat_ids, user, c.user_session)) return false;
  if (!within_live_locks(c.seat_ids, user, c.user_session)) return false;
  for (const SeatId seat : c.seat_ids) {
    if (is_cooling(seat, asked, c.user_session)) return false;
  }
  const Instant until = std::min(asked.now + rules_.lock_ttl, since + rules_.lock_ttl_max);
  for (const SeatId seat : c.seat_ids) {
    lapsed_.erase(seat);
    held_[seat] = Held{.show = c.show_id.value,
                       .booking = 0,
                       .user = user,
                       .session = c.user_session,
                       .since = since,
                       .until = until};
  }
  return true;
}

bool SeatModel::on(const ReleaseSeats& c, const Asked& asked) {
  if (!shows_.contains(c.show_id.value) || !names_seats_of(c.show_id.value, c.seat_ids)) {
    return false;
  }
  for (const SeatId seat : c.seat_ids) {
    const Held* held = holder(seat);
    if (held == nullptr || !is_mine(*held, asked, c.user_session)) return false;
  }
  for (const SeatId seat : c.seat_ids) held_.erase(seat);
  return true;
}

// ---- Bookings -----------------------------------------------------------------------------------

// "All covered by one lock that was itself taken without a token."
std::optional<std::string> SeatModel::implied_session(const std::vector<SeatId>& seats) const {
  std::set<std::string> sessions;
  for (const SeatId seat : seats) {
    const Held* held = holder(seat);
    if (held == nullptr || held->booking != 0 || held->user != 0) return std::nullopt;
    sessions.insert(held->session);
  }
  if (sessions.size() != 1) return std::nullopt;
  return *sessions.begin();
}

bool SeatModel::may_be_booked(const CreateBooking& c, const Asked& asked) const {
  const bool session_given = !c.user_session.empty();
  const bool token = static_cast<bool>(asked.actor.user_id);
  if (!session_given && implied_session(c.seat_ids)) {
    return !rules_.lock_proof_required && (rules_.open_access || token);
  }
  bool any_free = false;
  for (const SeatId seat : c.seat_ids) {
    const Held* held = holder(seat);
    if (held == nullptr) {
      any_free = true;
      continue;
    }
    if (held->booking != 0) return false;
    if (held->user != 0 && held->user != asked.actor.user_id.value) return false;
    if (session_given ? held->session != c.user_session : held->user == 0) return false;
  }
  if (rules_.lock_proof_required) return !any_free;
  return rules_.open_access || token || (session_given && !any_free);
}

bool SeatModel::on(const CreateBooking& c, const Asked& asked) {
  const auto user = users_.find(c.email_fingerprint);
  if (!shows_.contains(c.show_id.value) || user == users_.end()) return false;
  const std::uint32_t caller = asked.actor.user_id.value;
  const bool for_another =
      caller != 0 && caller != user->second && asked.actor.kind != events::ActorKind::admin;
  if (for_another && !rules_.open_access) return false;
  if (!names_seats_of(c.show_id.value, c.seat_ids) || !may_be_booked(c, asked)) return false;

  const std::string session =
      caller != 0
          ? ""
          : (c.user_session.empty() ? implied_session(c.seat_ids).value_or("") : c.user_session);
  const std::uint32_t owner = caller != 0 ? user->second : 0;
  if (c.seat_ids.size() > rules_.seats_per_owner_max) return false;
  if (!within_quota(c.show_id.value, c.seat_ids, owner, session)) return false;

  const auto id = static_cast<std::uint32_t>(bookings_.size() + 1);
  bookings_[id] = Booking{
      .status = Booking::Status::pending,
      .show = c.show_id.value,
      .user = user->second,
      .session = session,
      .guest = caller == 0,
      .seats = c.seat_ids,
      .total = shows_.at(c.show_id.value).price * static_cast<std::int64_t>(c.seat_ids.size()),
      .until = asked.now + rules_.payment_deadline};
  give_seats_to(id);
  return true;
}

void SeatModel::give_seats_to(std::uint32_t booking_id) {
  const Booking& booking = bookings_.at(booking_id);
  for (const SeatId seat : booking.seats) {
    lapsed_.erase(seat);
    held_[seat] = Held{.show = booking.show,
                       .booking = booking_id,
                       .user = booking.guest ? 0 : booking.user,
                       .session = booking.session,
                       .since = {},
                       .until = {}};
  }
}

void SeatModel::free_seats_of(std::uint32_t booking_id) {
  std::erase_if(held_,
                [booking_id](const auto& entry) { return entry.second.booking == booking_id; });
}

bool SeatModel::on(const CancelBooking& c, const Asked& asked) {
  const auto at = bookings_.find(c.booking_id.value);
  if (at == bookings_.end()) return false;
  Booking& booking = at->second;
  const UserId caller = asked.actor.user_id;
  const bool mine = caller ? caller.value == booking.user : rules_.open_access && booking.guest;
  if (!mine && asked.actor.kind != events::ActorKind::admin) return false;
  if (booking.status != Booking::Status::pending && booking.status != Booking::Status::confirmed) {
    return false;
  }
  free_seats_of(at->first);
  booking.status = Booking::Status::cancelled;
  return true;
}

// ---- Payments -----------------------------------------------------------------------------------

bool SeatModel::on(const InitiatePayment& c, const Asked& asked) {
  const auto at = bookings_.find(c.booking_id.value);
  if (at == bookings_.end()) return false;
  Booking& booking = at->second;
  const bool mine =
      asked.actor.user_id.value == booking.user || asked.actor.kind == events::ActorKind::admin;
  const bool guests = booking.guest && !c.user_session.empty() && c.user_session == booking.session;
  if (!rules_.open_access && !guests && !mine) return false;
  if (booking.status != Booking::Status::pending || c.amount != booking.total) return false;
  if (!booking.has_payment) {
    payments_[c.transaction_id] = Payment{.booking = at->first};
    booking.has_payment = true;
    booking.until = booking.until + rules_.payment_grace;
  }
  return true;
}

bool SeatModel::on(const RecordPaymentResult& c, const Asked& asked) {
  const auto at = payments_.find(c.transaction_id);
  if (at == payments_.end()) return false;
  Payment& payment = at->second;
  Booking& booking = bookings_.at(payment.booking);
  if (payment.status != PaymentStatus::pending) {
    if (c.drawn || (payment.status == PaymentStatus::paid) == c.succeeded) return true;
    if (!c.succeeded || asked.actor.kind != events::ActorKind::gateway) return false;
  }
  payment.status = c.succeeded ? PaymentStatus::paid : PaymentStatus::failed;
  const bool pending = booking.status == Booking::Status::pending;
  if (!c.succeeded) {
    if (pending) {
      free_seats_of(payment.booking);
      booking.status = Booking::Status::lapsed;
    }
    return true;
  }
  const bool all_free = shows_.contains(booking.show) &&
                        std::none_of(booking.seats.begin(), booking.seats.end(),
                                     [this](SeatId seat) { return held_.contains(seat); });
  if (pending || (booking.status == Booking::Status::lapsed && all_free)) {
    give_seats_to(payment.booking);
    booking.status = Booking::Status::confirmed;
  }
  return true;
}

// ---- Catalogue and users ------------------------------------------------------------------------

bool SeatModel::has_live_bookings(std::uint32_t show) const {
  return std::any_of(held_.begin(), held_.end(), [show](const auto& entry) {
    return entry.second.show == show && entry.second.booking != 0;
  });
}

bool SeatModel::is_used(std::uint32_t Show::*member, std::uint32_t id) const {
  return std::any_of(shows_.begin(), shows_.end(),
                     [&](const auto& entry) { return entry.second.*member == id; });
}

bool SeatModel::on(const CreateMovie&, const Asked&) {
  movies_.insert(++movies_made_);
  return true;
}

bool SeatModel::on(const DeleteMovie& c, const Asked&) {
  if (is_used(&Show::movie, c.movie_id.value)) return false;
  return movies_.erase(c.movie_id.value) > 0;
}

bool SeatModel::on(const CreateTheatre& c, const Asked&) {
  theatres_[++theatres_made_] = c.fields.layout;
  return true;
}

bool SeatModel::on(const ChangeTheatre& c, const Asked&) {
  const auto at = theatres_.find(c.theatre_id.value);
  if (at == theatres_.end()) return false;
  if (is_used(&Show::theatre, at->first) && at->second != c.fields.layout) return false;
  at->second = c.fields.layout;
  return true;
}

bool SeatModel::on(const DeleteTheatre& c, const Asked&) {
  if (is_used(&Show::theatre, c.theatre_id.value)) return false;
  return theatres_.erase(c.theatre_id.value) > 0;
}

bool SeatModel::on(const CreateShow& c, const Asked&) {
  if (!movies_.contains(c.movie_id.value) || !theatres_.contains(c.theatre_id.value)) return false;
  const auto& rows = theatres_.at(c.theatre_id.value);
  const auto seats = std::accumulate(rows.begin(), rows.end(), std::uint32_t{0});
  shows_[++shows_made_] = Show{.first_seat = seats_made_ + 1,
                               .seats = seats,
                               .price = c.price,
                               .movie = c.movie_id.value,
                               .theatre = c.theatre_id.value,
                               .date = c.show_date,
                               .time = c.show_time};
  seats_made_ += seats;
  return true;
}

bool SeatModel::on(const ChangeShow& c, const Asked&) {
  const auto at = shows_.find(c.show_id.value);
  if (at == shows_.end()) return false;
  Show changed = at->second;
  changed.date = c.show_date.value_or(changed.date);
  changed.time = c.show_time.value_or(changed.time);
  changed.price = c.price.value_or(changed.price);
  const bool moves = changed.date != at->second.date || changed.time != at->second.time;
  if (moves && has_live_bookings(at->first)) return false;
  at->second = changed;
  return true;
}

bool SeatModel::on(const DeleteShow& c, const Asked&) {
  if (!shows_.contains(c.show_id.value) || has_live_bookings(c.show_id.value)) return false;
  std::erase_if(held_, [&](const auto& entry) { return entry.second.show == c.show_id.value; });
  shows_.erase(c.show_id.value);
  return true;
}

bool SeatModel::on(const RegisterUser& c, const Asked&) {
  if (!users_.emplace(c.email_fingerprint, last_user_ + 1).second) return false;
  ++last_user_;
  return true;
}

bool SeatModel::on(const EraseUser& c, const Asked&) {
  return std::erase_if(users_, [&](const auto& user) { return user.second == c.user_id.value; }) >
         0;
}

bool SeatModel::on(const LogIn& c, const Asked&) {
  const auto is_asked = [&](const auto& user) { return user.second == c.user_id.value; };
  return c.password_matches && std::any_of(users_.begin(), users_.end(), is_asked);
}

}  // namespace boxoffice::tests
