// How a trace looks: lines for people, or one JSON object a line.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "events/events.h"
#include "tools/audit/seat_holds.h"

namespace boxoffice::tools::audit {

class TracePrinter {
 public:
  TracePrinter(std::ostream& out, bool json) : out_(out), json_(json) {}

  /// The title of what follows: printed before the first of it, and not in JSON.
  void heading(std::string_view text) { heading_ = text; }

  /// Events of one command, in order; `others`: how many more it has that are not shown.
  /// REQUIRES: not empty.
  void command(std::span<const events::Event* const> events, std::size_t others);

  /// `ended_by` is none for a hold that lasts.
  void hold(const Hold& hold, const events::Event* ended_by);

  /// REQUIRES: the event is a CommandRefused.
  void refusal(const events::Event& event);

 private:
  void print_heading();

  std::ostream& out_;
  const bool json_;
  std::string heading_;
};

}  // namespace boxoffice::tools::audit
