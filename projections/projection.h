// A projection: a name, a version and a fold from events to rows.
//
// The fold is pure: what it writes depends on the event and on the rows so far, nothing else. What
// a projection keeps in memory says the same as its rows, whether it has folded or loaded them.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "events/events.h"
#include "projections/store.h"

namespace boxoffice::projections {

class Projection {
 public:
  virtual ~Projection() = default;

  /// Makes what is kept in memory from the rows on disk.
  virtual Result<void> load() { return success(); }

  /// Folds one event into `rows`. A fold that fails has changed nothing; its projection stops.
  virtual Result<void> fold(const events::Event& event, Rows& rows) = 0;

  /// The frame that ends at `last` has been folded: what is kept in memory may be shown.
  virtual void end_frame(Position /*last*/) {}
};

/// The fault of an event that names something which no event before it created.
template <class Id>
Fault unknown(std::string_view what, Id id) {
  return fault(FaultKind::corrupt, fmt::format("{} {} is unknown", what, id.value));
}

/// A row of key only: an entry of an index.
struct IndexRow {
  auto operator<=>(const IndexRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(IndexRow, (), ())

}  // namespace boxoffice::projections
