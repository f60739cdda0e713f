// `boxoffice log diff A B`: where two logs part, and in what.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/log/event_log.h"
#include "events/events.h"
#include "tools/progress.h"

namespace boxoffice::tools::audit {

/// A field that is not the same in both; "absent" in the one that does not have it.
struct FieldDifference {
  std::string
      field;  ///< "time", "type", "data.seat_ids"; "frame.previous" of what holds the events
  std::string a;
  std::string b;
};
BOOST_DESCRIBE_STRUCT(FieldDifference, (), (field, a, b))

struct DiffReport {
  bool same = false;
  Position last_a;
  Position last_b;
  std::optional<Position> first_difference;  ///< none: the shorter log is a prefix of the longer
  std::vector<FieldDifference> fields{};
};
BOOST_DESCRIBE_STRUCT(DiffReport, (), (same, last_a, last_b, first_difference, fields))

/// Every field of two events that differs, the envelope included.
std::vector<FieldDifference> compare_events(const events::Event& a, const events::Event& b);

/// Prints how they differ; then a Fault `differs` if they do. Others: as walk, naming the log.
Result<void> diff(const engine::log::EventLog& a, const engine::log::EventLog& b, bool json,
                  std::ostream& out, Talk talk);

}  // namespace boxoffice::tools::audit
