// An evening at the cinema, command by command, in which every type of event happens: what golden
// logs are made of. The engine's own rules decide; clock, keys and what is drawn are fixed.
#pragma once

#include "engine/log/event_log.h"

namespace boxoffice::tests {

/// Appends the evening's frames to `log`, which is empty.
void write_golden_workload(engine::log::EventLog& log);

}  // namespace boxoffice::tests
