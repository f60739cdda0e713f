// Bookings as of any position, by id and by user.
//
// A booking's row keeps every state it has been in, each with the position where it began: there
// are at most a handful (created, deadline extended, settled, confirmed, cancelled).
#pragma once

#include <optional>
#include <vector>

#include "projections/projection.h"
#include "projections/read_models.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Bookings final : public Projection {
 public:
  static constexpr TableId id{"bookings", 1};

  explicit Bookings(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  std::optional<BookingView> booking(BookingId booking_id, Position at) const;
  std::vector<BookingView> bookings_of(UserId user, const Page<BookingId>& page, Position at) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
