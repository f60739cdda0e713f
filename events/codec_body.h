// One event's body to and from its FlatBuffers table. Private to the codec.
//
// There is no code per event type: a table of the schema mirrors the struct of the same name, so
// both directions walk the struct's description beside the table's. A schema that does not match
// its struct (a field's name, place or type, the order of the union) does not compile.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "events/codec.h"
#include "events/codec_writer.h"
#include "events/events.h"
#include "events_generated.h"

namespace boxoffice::events {

struct EncodedBody {
  fb::EventBody type = fb::EventBody::NONE;
  Reference table;
};

/// The kinds of tables, for TableWriter: each event type is one, at its index in EventBody.
inline constexpr std::size_t event_table = event_type_count;
inline constexpr std::size_t frame_table = event_type_count + 1;

/// Writes `body` into the buffer of `to`.
EncodedBody encode_body(TableWriter& to, const EventBody& body);

/// The event's type as an index in EventBody. Faults: `newer_format`, `corrupt` (it has none).
Result<std::size_t> decode_type(const fb::Event& event, Position position);

/// Reads the body of the event at `position`, whose type is at `index`, into `out`.
/// REQUIRES: the buffer was verified.
Result<void> decode_body(const fb::Event& event, std::size_t index, Position position,
                         EventBody& out);

/// FaultKind::newer_format when `table` has more than the first `known` fields of the schema: what
/// they say would go unheard. REQUIRES: the buffer was verified.
Result<void> check_fields(const void* table, std::size_t known, Position position,
                          std::string_view type);

/// `raw` as an E, or FaultKind::newer_format: written by a version that knows more than this one.
template <DescribedEnum E, class Raw>
Result<E> decode_enum(Raw raw, Position position, std::string_view type, std::string_view field) {
  const auto value = static_cast<E>(raw);
  if (enum_name(value) != "unknown") return value;
  return written_by_newer_version(position, fmt::format("{}.{} {} (this version does not know it)",
                                                        type, field, static_cast<unsigned>(raw)));
}

}  // namespace boxoffice::events
