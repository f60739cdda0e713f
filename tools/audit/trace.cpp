#include "tools/audit/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include "tools/audit/mentions.h"
#include "tools/audit/seat_holds.h"
#include "tools/audit/source.h"
#include "tools/audit/trace_print.h"

namespace boxoffice::tools::audit {

namespace {

// Which events are shown, as the first walks over the log found it out.
struct Scope {
  std::set<SeatId> seats;        // the booking's, or the one
  std::set<BookingId> bookings;  // the one, or all that the seat ever was in
  std::string request_id;
  std::optional<TraceId> trace;
  Range range;  // in which events about the seats count
};

bool is_in(const Scope& scope, const events::Event& event) {
  if (!scope.request_id.empty()) return event.cause == scope.request_id;
  if (scope.trace) return event.trace == scope.trace;
  const BookingId booking = booking_in(event.body);
  if (booking && scope.bookings.contains(booking)) return true;
  return scope.range.contains(event.position) && names_any(event.body, scope.seats);
}

// ---- What the subject is -----------------------------------------------------------------------

// The booking's seats, and the last event about it.
Result<void> find_booking(const engine::log::EventLog& log, BookingId id, Scope& scope,
                          Progress& progress) {
  scope.bookings = {id};
  scope.range = {.from = {}, .to = {}};
  bool is_live = false;
  TRY(walk_events(log, {}, progress, [&](const events::Event& event) -> Result<void> {
    if (booking_in(event.body) != id) return success();
    if (const auto* created = std::get_if<events::BookingCreated>(&event.body)) {
      scope.seats = {created->seat_ids.begin(), created->seat_ids.end()};
      scope.range.from = event.position;
      is_live = true;
    }
    if (std::holds_alternative<events::BookingCancelled>(event.body) ||
        std::holds_alternative<events::BookingExpired>(event.body)) {
      is_live = false;
    }
    if (std::holds_alternative<events::BookingConfirmed>(event.body)) is_live = true;
    scope.range.to = event.position;
    return success();
  }));
  if (!scope.range.to) {
    return fault(FaultKind::not_found, fmt::format("no event is about booking {}", id.value));
  }
  if (is_live) scope.range.to = log.head().last;
  return success();
}

// Back to where the locks began that the booking took over.
Result<void> find_beginning(const engine::log::EventLog& log, Scope& scope, Progress& progress) {
  SeatHolds holds(scope.seats, [](const Hold&, const events::Event*) {});
  const Range before{.from = Position(1), .to = Position(scope.range.from.value - 1)};
  TRY(walk_events(log, before, progress, [&](const events::Event& event) -> Result<void> {
    holds.apply(event);
    return success();
  }));
  for (const auto& [seat, hold] : holds.held()) {
    scope.range.from = std::min(scope.range.from, hold.from);
  }
  return success();
}

Result<void> find_seat(const engine::log::EventLog& log, SeatId id, Scope& scope,
                       Progress& progress) {
  scope.seats = {id};
  bool is_known = false;
  TRY(walk_events(log, {}, progress, [&](const events::Event& event) -> Result<void> {
    if (!names_any(event.body, scope.seats)) return success();
    is_known = true;
    if (std::holds_alternative<events::BookingCreated>(event.body)) {
      scope.bookings.insert(booking_in(event.body));
    }
    return success();
  }));
  if (is_known) return success();
  return fault(FaultKind::not_found, fmt::format("no event is about seat {}", id.value));
}

Result<Scope> find_scope(const engine::log::EventLog& log, const Subject& subject,
                         Progress& progress) {
  Scope scope;
  scope.request_id = subject.request_id;
  scope.trace = subject.trace;
  if (subject.seat_id) {
    TRY(find_seat(log, subject.seat_id, scope, progress));
  }
  if (subject.booking_id) {
    TRY(find_booking(log, subject.booking_id, scope, progress));
    if (!scope.seats.empty()) {
      TRY(find_beginning(log, scope, progress));
    }
  }
  return scope;
}

// ---- Printing it -------------------------------------------------------------------------------

// The commands of one frame that have events in scope. A command never spans frames.
std::size_t print_commands(const events::Frame& frame, const Scope& scope, TracePrinter& to) {
  std::size_t printed = 0;
  for (auto at = frame.events.begin(); at != frame.events.end();) {
    const auto end = std::find_if(at, frame.events.end(), [&](const events::Event& event) {
      return event.command != at->command;
    });
    std::vector<const events::Event*> shown;
    std::for_each(at, end, [&](const events::Event& event) {
      if (is_in(scope, event)) shown.push_back(&event);
    });
    if (!shown.empty()) {
      to.command(shown, static_cast<std::size_t>(end - at) - shown.size());
      ++printed;
    }
    at = end;
  }
  return printed;
}

Result<std::size_t> print_tree(const engine::log::EventLog& log, const Scope& scope,
                               Progress& progress, TracePrinter& to) {
  std::size_t printed = 0;
  TRY(walk(log, {}, progress,
           [&](const engine::log::StoredFrame&, const events::Frame& frame) -> Result<Step> {
             printed += print_commands(frame, scope, to);
             return Step::go_on;
           }));
  return printed;
}

Result<void> print_holds(const engine::log::EventLog& log, const Scope& scope, Progress& progress,
                         TracePrinter& to) {
  const Range& range = scope.range;
  SeatHolds holds(scope.seats, [&](const Hold& hold, const events::Event* ended_by) {
    if (range.contains(hold.from)) to.hold(hold, ended_by);
  });
  TRY(walk_events(log, {}, progress, [&](const events::Event& event) -> Result<void> {
    holds.apply(event);
    return success();
  }));
  holds.finish();
  return success();
}

Result<void> print_refusals(const engine::log::EventLog& log, const Scope& scope,
                            Progress& progress, TracePrinter& to) {
  return walk_events(log, {}, progress, [&](const events::Event& event) -> Result<void> {
    if (std::holds_alternative<events::CommandRefused>(event.body) && is_in(scope, event)) {
      to.refusal(event);
    }
    return success();
  });
}

template <class Id>
bool parse_id(std::string_view text, Id& id) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), id.value);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && id;
}

}  // namespace

Result<Subject> parse_subject(std::string_view text) {
  Subject subject;
  const auto colon = std::min(text.find(':'), text.size());
  const std::string_view kind = text.substr(0, colon);
  const std::string_view id = text.substr(std::min(colon + 1, text.size()));
  if (kind == "booking" && parse_id(id, subject.booking_id)) return subject;
  if (kind == "seat" && parse_id(id, subject.seat_id)) return subject;
  if (kind == "request" && !id.empty()) {
    subject.request_id = id;
    return subject;
  }
  if (kind == "trace" && parse_hex(id, subject.trace.emplace().bytes)) return subject;
  return fault(FaultKind::invalid,
               fmt::format("{} is not booking:ID, seat:ID, request:ID or trace:ID", text));
}

Result<void> trace(const engine::log::EventLog& log, const TraceOptions& options, std::ostream& out,
                   Talk talk) {
  Progress progress(talk, "reading", log.head().last.value);
  TRY(const Scope scope, find_scope(log, options.subject, progress));
  TracePrinter printer(out, options.json);
  printer.heading("what happened");
  TRY(const std::size_t commands, print_tree(log, scope, progress, printer));
  if (commands == 0) {
    return fault(
        FaultKind::not_found,
        options.subject.trace
            ? fmt::format("no event belongs to trace {}", to_hex(options.subject.trace->bytes))
            : fmt::format("no event was caused by request {}", options.subject.request_id));
  }
  if (!scope.seats.empty()) {
    printer.heading("who held the seats");
    TRY(print_holds(log, scope, progress, printer));
    printer.heading("who was refused");
    TRY(print_refusals(log, scope, progress, printer));
  }
  return check_written(out);
}

}  // namespace boxoffice::tools::audit
