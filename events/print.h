// Events as text for people and as JSON for machines, by reflection over their descriptions.
#pragma once

#include <string>

#include "events/events.h"

namespace boxoffice::events {

/// One line: `42 2024-06-15T20:00:00Z SeatsLocked show_id=1 seat_ids=[1,2] …`.
std::string print_line(const Event& event);

/// One JSON object: `{"seq":42,"type":"SeatsLocked","time":"…Z","data":{…},"command":42,
/// "actor":{…},"cause":"…"}`. `data` names things as the wire does (contract 5.11); ids are
/// integers, 0 ids (none) are null, money is a decimal number, enums are their names.
/// `password_hash` is never printed: it reads "[hidden]".
std::string print_json(const Event& event);

}  // namespace boxoffice::events
