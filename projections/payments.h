// Payments as of any position, by id and by transaction.
#pragma once

#include <optional>

#include "projections/projection.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Payments final : public Projection {
 public:
  static constexpr TableId id{"payments", 1};

  explicit Payments(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  std::optional<PaymentView> payment(PaymentId payment_id, Position at) const;
  std::optional<PaymentView> payment(const Uuid& transaction_id, Position at) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
