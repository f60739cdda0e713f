#include "engine/log/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/ensure.h"
#include "engine/log/sha256.h"

namespace boxoffice::engine::log {

namespace {

constexpr std::array<char, 4> frame_magic{'B', 'X', 'F', 'R'};

// The header exactly as it is on disk.
struct Header {
  std::array<char, 4> magic = frame_magic;
  std::uint16_t format = frame_format;
  std::uint16_t header_bytes = frame_header_bytes;
  std::uint64_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t logic_version = 0;
  std::int64_t time_us = 0;
  std::uint64_t durable = 0;
  std::array<std::uint8_t, 32> previous{};
  std::array<std::uint8_t, 16> digest{};
  std::uint32_t body_bytes = 0;
  std::uint32_t reserved = 0;  // keeps the body at a multiple of 8
};
static_assert(sizeof(Header) == frame_header_bytes);
static_assert(std::has_unique_object_representations_v<Header>, "no padding");
static_assert(offsetof(Header, first) == 8 && offsetof(Header, count) == 16 &&
              offsetof(Header, logic_version) == 20 && offsetof(Header, time_us) == 24 &&
              offsetof(Header, durable) == 32 && offsetof(Header, previous) == 40 &&
              offsetof(Header, digest) == 72 && offsetof(Header, body_bytes) == 88);
static_assert(std::endian::native == std::endian::little, "the format is little endian");

Fault corrupt(Position key, std::string_view what) {
  return fault(FaultKind::corrupt, fmt::format("frame at position {}: {}", key.value, what), key);
}

// What is wrong with an intact frame's header; empty when nothing is.
std::string_view wrong_in(const Header& header, Position key, std::size_t body_bytes) {
  if (header.magic != frame_magic) return "does not begin with BXFR";
  if (header.format == 0) return "has no format";
  if (header.header_bytes != frame_header_bytes) return "its header has another length";
  if (header.body_bytes != body_bytes) return "its body has another length than its header says";
  if (header.reserved != 0) return "its reserved bytes are not zero";
  if (header.first != key.value) return "is stored under another position than its own";
  if (header.first == 0) return "position 0 is before the first event";
  if (header.count == 0) return "has no events";
  if (header.first > std::numeric_limits<std::uint64_t>::max() - header.count) {
    return "its positions do not fit";
  }
  if (header.durable >= header.first) return "was durable before it was written";
  return {};
}

}  // namespace

Sha256 encode_frame(const FrameDraft& draft, const Head& head, std::uint32_t logic_version,
                    std::vector<std::uint8_t>& out) {
  ENSURE(draft.first == head.last.next(), "a frame follows the head");
  ENSURE(draft.count > 0, "a frame has events");
  ENSURE(draft.body.size() <= std::numeric_limits<std::uint32_t>::max(), "a frame fits its header");
  const Header header{.first = draft.first.value,
                      .count = draft.count,
                      .logic_version = logic_version,
                      .time_us = draft.time.us,
                      .durable = head.last.value,
                      .previous = head.chain.bytes,
                      .digest = draft.digest.bytes,
                      .body_bytes = static_cast<std::uint32_t>(draft.body.size())};
  out.resize(frame_header_bytes + draft.body.size() + frame_hash_bytes);
  const auto body = out.begin() + frame_header_bytes;
  std::memcpy(out.data(), &header, sizeof header);
  const auto end = std::copy(draft.body.begin(), draft.body.end(), body);
  const Sha256 hash = sha256(std::span(out).first(out.size() - frame_hash_bytes));
  std::copy(hash.bytes.begin(), hash.bytes.end(), end);
  return hash;
}

Result<StoredFrame> decode_frame(Position key, std::span<const std::uint8_t> bytes) {
  if (bytes.size() < frame_header_bytes + frame_hash_bytes) return corrupt(key, "is cut short");
  // The hash ends the frame in every format, so that damage is told from novelty: first of all.
  StoredFrame frame;
  frame.hash = sha256(bytes.first(bytes.size() - frame_hash_bytes));
  if (!std::ranges::equal(frame.hash.bytes, bytes.last(frame_hash_bytes))) {
    return corrupt(key, "its checksum does not match");
  }
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic == frame_magic && header.format > frame_format) {
    return events::written_by_newer_version(
        key, fmt::format("format {} (this version knows up to {})", header.format, frame_format));
  }
  const auto body =
      bytes.subspan(frame_header_bytes, bytes.size() - frame_header_bytes - frame_hash_bytes);
  const std::string_view wrong = wrong_in(header, key, body.size());
  if (!wrong.empty()) return corrupt(key, wrong);
  frame.first = Position(header.first);
  frame.count = header.count;
  frame.time = Instant{header.time_us};
  frame.durable_when_written = Position(header.durable);
  frame.logic_version = header.logic_version;
  frame.previous.bytes = header.previous;
  frame.digest.bytes = header.digest;
  frame.body.assign(body.begin(), body.end());
  return frame;
}

Result<void> decode_events(const StoredFrame& frame, events::Frame& out) {
  TRY(events::decode_frame(frame.body, out));
  if (out.first() != frame.first || out.last() != frame.last() || out.time != frame.time) {
    return corrupt(frame.first, "its events are not those that its header announces");
  }
  return success();
}

Result<events::Frame> decode_events(const StoredFrame& frame) {
  events::Frame out;
  TRY(decode_events(frame, out));
  return out;
}

}  // namespace boxoffice::engine::log
