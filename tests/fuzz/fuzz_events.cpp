// Frames of the log: any bytes decode to sound events or to a fault, and events come back as they
// went.
#include <span>
#include <vector>

#include "events/codec.h"
#include "events/print.h"
#include "http/json/parse.h"
#include "tests/fuzz/input.h"
#include "tests/support/event_samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace boxoffice;
  using tests::fuzz::promised;
  const auto frame = events::decode_frame(std::span(data, size));
  events::Frame reused;
  const auto into = events::decode_frame(std::span(data, size), reused);
  promised(frame.has_value() == into.has_value(), "both ways to decode agree");
  if (!frame) {
    promised(!frame.error().text.empty(), "a fault says what it is");
    return 0;
  }
  promised(!frame.value().events.empty(), "a frame has events");
  const std::vector<std::uint8_t> bytes = tests::encode(frame.value().events);
  const auto again = events::decode_frame(bytes);
  promised(again.has_value(), "what was decoded can be encoded");
  promised(again.value().events.size() == frame.value().events.size(), "no event is lost");
  for (std::size_t i = 0; i < again.value().events.size(); ++i) {
    promised(tests::same_event(again.value().events[i], frame.value().events[i]) &&
                 tests::same_event(reused.events[i], frame.value().events[i]),
             "an event comes back as it went");
    promised(http::json::parse(events::print_json(reused.events[i])).has_value(),
             "an event is printed as JSON");
  }
  return 0;
}
