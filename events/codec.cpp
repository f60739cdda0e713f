#include "events/codec.h"

#include <fmt/format.h>

#include <bit>
#include <limits>
#include <utility>

#include "base/ensure.h"
#include "events/codec_body.h"

namespace boxoffice::events {

namespace {

// Large enough for a frame of some 300 locks before the buffer grows for the first time.
constexpr std::size_t initial_buffer_bytes = 64 * 1024;

// Frame, its vector of events, an event, its body: nothing nests deeper.
constexpr flatbuffers::uoffset_t depth_max = 8;

}  // namespace

Fault written_by_newer_version(Position position, std::string_view what) {
  return fault(
      FaultKind::newer_format,
      fmt::format("position {}: {}: a newer version of Box Office wrote this log; use that "
                  "version or a later one",
                  position.value, what));
}

// ---- Encoding -----------------------------------------------------------------------------------

// Everything is kept from frame to frame, so that a busy encoder allocates nothing.
struct FrameEncoder::Impl {
  TableWriter writer{initial_buffer_bytes};
  std::vector<Reference> events;
  Position first;
  Instant time;
  // The cause that was written last: the events of one command share it.
  std::string cause;
  Reference cause_at;

  Reference write_cause(const std::string& text) {
    if (text.empty()) return {};
    if (cause_at.from_end == 0 || cause != text) {
      cause_at = writer.text(text);
      cause = text;
    }
    return cause_at;
  }
};

FrameEncoder::FrameEncoder() : impl_(std::make_unique<Impl>()) {}
FrameEncoder::~FrameEncoder() = default;

void FrameEncoder::add(const Event& event) {
  Impl& to = *impl_;
  if (to.events.empty()) {
    to.first = event.position;
    to.time = event.time;
  }
  ENSURE(event.position.value == to.first.value + to.events.size(), "positions are gapless");
  ENSURE(event.time == to.time, "the events of a frame have its time");
  const std::uint64_t distance = event.position.value - event.command.value;
  ENSURE(distance < event.position.value && distance <= std::numeric_limits<std::uint32_t>::max(),
         "a command begins at or before its events");

  ENSURE(!upcasting().is_replaced(event.body.index()), "a replaced type is written no more");

  const Reference cause = to.write_cause(event.cause);
  const EncodedBody body = encode_body(to.writer, event.body);
  fb::Idempotency idempotency;
  if (event.idempotency) idempotency = std::bit_cast<fb::Idempotency>(*event.idempotency);
  fb::TraceId trace;
  if (event.trace) trace = std::bit_cast<fb::TraceId>(*event.trace);
  // The fields of the table `Event` of the schema.
  to.events.push_back(to.writer.table<event_table>(
      body.type, body.table,
      UnlessDefault<std::uint8_t{1}>{upcasting().version_of(event.body.index())},
      static_cast<std::uint32_t>(distance), static_cast<fb::ActorKind>(event.actor.kind),
      event.actor.user_id.value, cause, event.idempotency ? &std::as_const(idempotency) : nullptr,
      event.trace ? &std::as_const(trace) : nullptr));
}

std::size_t FrameEncoder::count() const { return impl_->events.size(); }

std::size_t FrameEncoder::size_bytes() const {
  return impl_->writer.size() + impl_->events.size() * sizeof(std::uint32_t);
}

void FrameEncoder::finish(Instant time, std::vector<std::uint8_t>& out) {
  Impl& from = *impl_;
  ENSURE(!from.events.empty(), "a frame has events");
  ENSURE(time == from.time, "the events of a frame have its time");
  const Reference events = from.writer.references(from.events);
  // The fields of the table `Frame` of the schema.
  const Reference frame = from.writer.table<frame_table>(from.first.value, time.us, events);
  from.writer.finish(frame, fb::FrameIdentifier(), out);
  from.events.clear();
  from.cause_at = {};
}

// ---- Decoding -----------------------------------------------------------------------------------

namespace {

Fault corrupt(std::string text) { return fault(FaultKind::corrupt, std::move(text)); }

// The fields of the tables that are read here, as the schema numbers them.
constexpr std::size_t frame_fields = fb::Frame::VT_EVENTS / sizeof(flatbuffers::voffset_t) - 1;
constexpr std::size_t event_fields = fb::Event::VT_TRACE / sizeof(flatbuffers::voffset_t) - 1;

// The body with its type, version and fields, as the newest version of what it is.
Result<void> decode_newest(const fb::Event& from, Position position, const Upcasting& upcasts,
                           EventBody& to) {
  TRY(const std::size_t index, decode_type(from, position));
  const std::uint8_t version = from.type_version();
  if (version == 0) return corrupt(fmt::format("event {}: has no version", position.value));
  if (version > upcasts.version_of(index)) {
    return written_by_newer_version(
        position, fmt::format("version {} of event type {} (this version knows up to {})", version,
                              index + 1, upcasts.version_of(index)));
  }
  TRY(decode_body(from, index, position, to));
  upcasts.run(to, version);
  return success();
}

Result<void> decode_event(const fb::Event& from, const Upcasting& upcasts, Event& to) {
  TRY(check_fields(&from, event_fields, to.position, "Event"));
  if (from.command_distance() >= to.position.value) {
    return corrupt(fmt::format("event {}: its command lies before the log", to.position.value));
  }
  to.command = Position(to.position.value - from.command_distance());
  TRY(to.actor.kind, decode_enum<ActorKind>(from.actor_kind(), to.position, "Event", "actor_kind"));
  to.actor.user_id = UserId(from.actor_user());
  to.cause.clear();
  if (from.cause() != nullptr) to.cause.assign(from.cause()->c_str(), from.cause()->size());
  to.idempotency.reset();
  if (from.idempotency() != nullptr) {
    to.idempotency = std::bit_cast<Idempotency>(*from.idempotency());
  }
  to.trace.reset();
  if (from.trace() != nullptr) to.trace = std::bit_cast<TraceId>(*from.trace());
  return decode_newest(from, to.position, upcasts, to.body);
}

Result<void> decode_aligned(std::span<const std::uint8_t> body, Frame& frame,
                            const Upcasting& upcasts) {
  // A table takes at least 4 bytes, and so does the reference to it.
  const auto tables_max = static_cast<flatbuffers::uoffset_t>(body.size() / 4 + 1);
  if (body.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return corrupt("the frame's body is too large");
  flatbuffers::Verifier verifier(body.data(), body.size(), depth_max, tables_max);
  if (!fb::VerifyFrameBuffer(verifier)) {
    return corrupt("the frame's body is not a well-formed buffer of events");
  }
  const fb::Frame& from = *fb::GetFrame(body.data());
  const auto& events = *from.events();
  if (from.first() == 0 || events.size() == 0 ||
      from.first() > std::numeric_limits<std::uint64_t>::max() - events.size()) {
    return corrupt("the frame's body has no events, or no position");
  }
  TRY(check_fields(&from, frame_fields, Position(from.first()), "Frame"));
  frame.time = Instant{from.time()};
  if (frame.time < instant_min || frame.time > instant_max) {
    return corrupt(fmt::format("event {}: the frame's time is out of range", from.first()));
  }
  frame.events.resize(events.size());
  for (flatbuffers::uoffset_t i = 0; i < events.size(); ++i) {
    Event& event = frame.events[i];
    event.position = Position(from.first() + i);
    event.time = frame.time;
    TRY(decode_event(*events[i], upcasts, event));
  }
  return success();
}

}  // namespace

Result<void> decode_frame(std::span<const std::uint8_t> body, Frame& out,
                          const Upcasting& upcasts) {
  // FlatBuffers reads numbers in place: the buffer must lie as it was built, at a multiple of 8.
  if (reinterpret_cast<std::uintptr_t>(body.data()) % alignof(std::uint64_t) == 0) {
    return decode_aligned(body, out, upcasts);
  }
  const std::vector<std::uint8_t> aligned(body.begin(), body.end());
  return decode_aligned(aligned, out, upcasts);
}

Result<Frame> decode_frame(std::span<const std::uint8_t> body, const Upcasting& upcasts) {
  Frame frame;
  TRY(decode_frame(body, frame, upcasts));
  return frame;
}

}  // namespace boxoffice::events
