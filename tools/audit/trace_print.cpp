#include "tools/audit/trace_print.h"

#include <fmt/format.h>

#include <ostream>
#include <string>

#include "events/print.h"
#include "http/json/write.h"

namespace boxoffice::tools::audit {

namespace {

using http::json::ObjectWriter;

// "user 7, request 9c0f"
std::string who(const events::Event& event) {
  std::string text(enum_name(event.actor.kind));
  if (event.actor.user_id) text += fmt::format(" {}", event.actor.user_id.value);
  if (!event.cause.empty()) text += ", request " + event.cause;
  if (event.trace) text += ", trace " + to_hex(event.trace->bytes);
  return text;
}

std::string holder(const Hold& hold) {
  std::string text = hold.booking_id ? fmt::format("booking {}", hold.booking_id.value)
                                     : fmt::format("lock {}", hold.from.value);
  if (hold.user_id) text += fmt::format(", user {}", hold.user_id.value);
  if (!hold.user_session.empty()) text += ", session " + http::json::to_json(hold.user_session);
  return text;
}

// "12 SeatsLocked show_id=1 ...": what the event says, without what it leaves open.
std::string short_line(const events::Event& event) {
  constexpr std::string_view prefix = "data.";
  std::string text = fmt::format("{} {}", event.position.value, events::type_name(event.body));
  for (const auto& [name, value] : events::print_fields(event)) {
    const bool is_said = value != "null" && value != R"("")" && value != "[]";
    if (name.starts_with(prefix) && is_said) {
      text += fmt::format(" {}={}", name.substr(prefix.size()), value);
    }
  }
  return text;
}

std::string hold_json(const Hold& hold, const events::Event* ended_by) {
  std::string text;
  ObjectWriter json(text);
  json.member("kind", std::string_view("hold")).member("seat_id", hold.seat_id);
  if (hold.booking_id) {
    json.member("booking_id", hold.booking_id);
  } else {
    json.member("lock", hold.from).member("user_session", hold.user_session);
  }
  if (hold.user_id) json.member("user_id", hold.user_id);
  json.member("from", hold.from).member("since", hold.since);
  if (ended_by != nullptr) {
    json.member("to", ended_by->position)
        .member("until", ended_by->time)
        .member("ended_by", events::type_name(ended_by->body));
  }
  json.end();
  return text;
}

}  // namespace

void TracePrinter::print_heading() {
  if (!heading_.empty()) out_ << heading_ << '\n';
  heading_.clear();
}

void TracePrinter::command(std::span<const events::Event* const> shown, std::size_t others) {
  const events::Event& first = *shown.front();
  if (json_) {
    std::string list;
    for (const events::Event* event : shown) {
      list += (list.empty() ? "[" : ",") + events::print_json(*event);
    }
    std::string text;
    ObjectWriter(text)
        .member("kind", std::string_view("command"))
        .member("command", first.command)
        .member("time", first.time)
        .member("cause", first.cause)
        .member("other_events", others)
        .raw_member("events", list + "]")
        .end();
    out_ << text << '\n';
    return;
  }
  print_heading();
  out_ << fmt::format("  {} {} {}\n", first.command.value, to_string(first.time), who(first));
  for (const events::Event* event : shown) out_ << "    |- " << short_line(*event) << '\n';
  if (others > 0) out_ << fmt::format("    |- and {} events about something else\n", others);
}

void TracePrinter::hold(const Hold& hold, const events::Event* ended_by) {
  if (json_) {
    out_ << hold_json(hold, ended_by) << '\n';
    return;
  }
  print_heading();
  out_ << fmt::format("  seat {} by {}\n    from {} {} ", hold.seat_id.value, holder(hold),
                      hold.from.value, to_string(hold.since));
  if (ended_by == nullptr) {
    out_ << "and still at the log's end\n";
  } else {
    out_ << fmt::format("to {} {} ({})\n", ended_by->position.value, to_string(ended_by->time),
                        events::type_name(ended_by->body));
  }
}

void TracePrinter::refusal(const events::Event& event) {
  if (json_) {
    std::string text;
    ObjectWriter(text)
        .member("kind", std::string_view("refusal"))
        .raw_member("event", events::print_json(event))
        .end();
    out_ << text << '\n';
    return;
  }
  print_heading();
  const auto& refused = std::get<events::CommandRefused>(event.body);
  out_ << fmt::format("  {} {} {}: {} refused, {}", event.position.value, to_string(event.time),
                      who(event), enum_name(refused.command), enum_name(refused.reason));
  for (const SeatId id : refused.seat_ids) out_ << fmt::format(", seat {}", id.value);
  if (!refused.user_session.empty()) {
    out_ << ", session " << http::json::to_json(refused.user_session);
  }
  out_ << '\n';
}

}  // namespace boxoffice::tools::audit
