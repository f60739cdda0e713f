// Events of older versions, turned into the events that the domain knows.
//
// FlatBuffers reads a field that an old event does not have as empty; that is all it takes as long
// as empty means what the old event meant. When it does not, the version of the event's type is
// raised, and one step here says what the version before it meant. Steps form a chain (1 to 2, 2 to
// 3), so that each is written once, when its version appears, and never again. A type that another
// one replaces has a last step that makes the other's first version.
//
// Steps are pure functions from event to event: one in, one out, since positions never change.
// decode_frame() alone runs them, so nothing else in the house sees an old version.
//
// Threads: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>

#include "base/describe.h"
#include "base/ensure.h"
#include "events/events.h"

namespace boxoffice::events {

inline constexpr std::size_t event_type_count = std::variant_size_v<EventBody>;

/// One step of a chain: an event of version `from`, made one of the version after it.
struct Upcast {
  std::size_t type = 0;  ///< index in EventBody
  std::uint8_t from = 0;
  std::size_t to = 0;  ///< `type`, or that of the type which replaces it
  void (*step)(EventBody&) = nullptr;
};

template <class Function>
struct StepTypes;
template <class To_, class From_>
struct StepTypes<To_ (*)(From_)> {
  using To = To_;
  using From = From_;
};

/// `upcast<&step>(1)`, where `step` is `ShowChanged step(ShowChanged old)` and says what version 1
/// meant, or `NewType step(OldType old)` when NewType replaces OldType from then on.
template <auto Step>
constexpr Upcast upcast(std::uint8_t from) {
  using Types = StepTypes<decltype(Step)>;
  using From = typename Types::From;
  return {boost::mp11::mp_find<EventBody, From>::value, from,
          boost::mp11::mp_find<EventBody, typename Types::To>::value,
          [](EventBody& body) { body = Step(std::get<From>(std::move(body))); }};
}

/// All steps there are. The version of a type that is written today follows from them.
class Upcasting {
 public:
  /// `steps` must outlive this. REQUIRES: those of one type are in order, from 1, without a gap,
  /// and end when a later type replaces it.
  constexpr explicit Upcasting(std::span<const Upcast> steps) : steps_(steps) {
    versions_.fill(1);
    for (const Upcast& each : steps) {
      ENSURE(each.type < event_type_count && each.from == versions_[each.type] &&
                 !replaced_[each.type],
             "the steps of a type are a chain");
      ENSURE(each.to >= each.type, "a type is replaced by a later one");
      if (each.to == each.type) {
        ++versions_[each.type];
      } else {
        replaced_[each.type] = true;
      }
    }
  }

  /// The newest version of the type at `index` of EventBody.
  constexpr std::uint8_t version_of(std::size_t index) const { return versions_[index]; }

  /// Whether another type has replaced it: it is read, and written no more.
  constexpr bool is_replaced(std::size_t index) const { return replaced_[index]; }

  /// Takes `body`, which was written at `version`, to the newest version of the newest type.
  /// REQUIRES: 1 <= version <= version_of(body.index()).
  void run(EventBody& body, std::uint8_t version) const;

 private:
  std::span<const Upcast> steps_;
  std::array<std::uint8_t, event_type_count> versions_{};
  std::array<bool, event_type_count> replaced_{};
};

/// The steps of this build.
const Upcasting& upcasting();

}  // namespace boxoffice::events
