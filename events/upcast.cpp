#include "events/upcast.h"

#include <algorithm>

namespace boxoffice::events {

namespace {

// Every step that was ever needed, oldest first, for ever: the log keeps what it holds. None yet:
// every type is at its first version. One more is a function above this and a line in it:
//
//   constexpr std::array steps{upcast<&show_changed_2>(1)};
constexpr std::array<Upcast, 0> steps{};

constexpr Upcasting all_steps{steps};

}  // namespace

const Upcasting& upcasting() { return all_steps; }

void Upcasting::run(EventBody& body, std::uint8_t version) const {
  while (version < version_of(body.index()) || is_replaced(body.index())) {
    const std::size_t type = body.index();
    const auto at = std::find_if(steps_.begin(), steps_.end(), [&](const Upcast& each) {
      return each.type == type && each.from == version;
    });
    at->step(body);
    version = body.index() == type ? static_cast<std::uint8_t>(version + 1) : 1;
  }
}

}  // namespace boxoffice::events
