// What each show has sold: seats, money, refunds, and who was turned away why.
//
// A show's day is its own date, not that of the booking: a cinema's takings belong to the evening
// that they were for. A show that is moved takes its figures along.
//
//   seats_sold   goes up by BookingConfirmed (late or not), down when that booking is cancelled
//   captured     goes up by PaymentSucceeded: also by a late one whose booking stays cancelled
//   refunds_due  goes up by RefundRequested
//   refusals     every refused command that names the show, or one of its bookings
//
// So captured less refunds due is what the confirmed bookings cost. Locks write nothing here.
#pragma once

#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Sales final : public Projection {
 public:
  static constexpr TableId id{"sales", 1};

  explicit Sales(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  /// `folded`: a position that was published before the call.
  SalesView sales(const SalesFilter& filter, Position folded) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
