// Events as text for people and as JSON for machines, by reflection over their descriptions.
#pragma once

#include <string>
#include <vector>

#include "events/events.h"

namespace boxoffice::events {

/// One line: `42 2024-06-15T20:00:00Z SeatsLocked show_id=1 seat_ids=[1,2] …`.
std::string print_line(const Event& event);

/// One JSON object: `{"seq":42,"type":"SeatsLocked","time":"…Z","data":{…},"command":42,
/// "actor":{…},"cause":"…"}`. `data` names things as the wire does (contract 5.11); ids are
/// integers, 0 ids (none) are null, money is a decimal number, enums are their names.
/// `password_hash` is never printed: it reads "[hidden]".
std::string print_json(const Event& event);

/// The object `data` of print_json alone.
std::string print_data_json(const EventBody& body);

/// One field of an event: its name ("cause", "actor.kind", "data.seat_ids") and its value in JSON.
struct PrintedField {
  std::string name;
  std::string value;
};
/// All of them, the envelope's first, then `type`, then the data's in their order.
std::vector<PrintedField> print_fields(const Event& event);

}  // namespace boxoffice::events
