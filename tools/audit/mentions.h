// What an event is about, read off its fields by reflection: a new event type that names its
// booking and seats as the others do is found without code of its own.
#pragma once

#include <optional>
#include <set>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/describe.h"
#include "events/events.h"

namespace boxoffice::tools::audit {

/// The booking, show, user … that the event names; none if it names none.
template <class Id>
Id id_in(const events::EventBody& body) {
  Id found;
  std::visit(
      [&](const auto& event) {
        for_each_member(event, [&](std::string_view, const auto& value) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, Id>) {
            found = value;
          }
        });
      },
      body);
  return found;
}

inline BookingId booking_in(const events::EventBody& body) { return id_in<BookingId>(body); }

/// Whether the event names any of `seats`.
inline bool names_any(const events::EventBody& body, const std::set<SeatId>& seats) {
  bool found = false;
  std::visit(
      [&](const auto& event) {
        for_each_member(event, [&](std::string_view, const auto& value) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::vector<SeatId>>) {
            for (const SeatId id : value) found = found || seats.contains(id);
          }
        });
      },
      body);
  return found;
}

}  // namespace boxoffice::tools::audit
