#include "engine/domain/commands.h"

namespace boxoffice::engine::domain {

// type_of() relies on equal order.
static_assert(std::variant_size_v<Command> ==
              static_cast<std::size_t>(events::CommandType::erase_user) + 1);
static_assert(
    std::is_same_v<std::variant_alternative_t<
                       static_cast<std::size_t>(events::CommandType::lock_seats), Command>,
                   LockSeats>);
static_assert(
    std::is_same_v<
        std::variant_alternative_t<static_cast<std::size_t>(events::CommandType::log_in), Command>,
        LogIn>);

}  // namespace boxoffice::engine::domain
