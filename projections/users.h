// Users as they are now, by id and by the fingerprint of their e-mail address.
#pragma once

#include <optional>

#include "projections/projection.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Users final : public Projection {
 public:
  static constexpr TableId id{"users", 2};

  explicit Users(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  std::optional<UserView> user(UserId user_id) const;
  std::optional<UserView> user(const Fingerprint& email) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
