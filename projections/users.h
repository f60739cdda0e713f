// Users as they are now, by id and by e-mail address in any case.
#pragma once

#include <optional>
#include <string_view>

#include "projections/projection.h"
#include "projections/views.h"

namespace boxoffice::projections {

class Users final : public Projection {
 public:
  static constexpr TableId id{"users", 1};

  explicit Users(const Table& table) : table_(table) {}

  Result<void> fold(const events::Event& event, Rows& rows) override;

  std::optional<UserView> user(UserId user_id) const;
  std::optional<UserView> user(std::string_view email) const;

 private:
  const Table& table_;
};

}  // namespace boxoffice::projections
