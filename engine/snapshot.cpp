#include "engine/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/packed.h"
#include "engine/domain/digest.h"
#include "engine/domain/evolve.h"
#include "engine/domain/invariants.h"
#include "engine/log/sha256.h"

namespace boxoffice::engine {

namespace {

constexpr std::array<char, 4> snapshot_magic{'B', 'X', 'S', 'N'};

// The header exactly as it is on disk, little endian.
struct Header {
  std::array<char, 4> magic = snapshot_magic;
  std::uint16_t format = snapshot_format;
  std::uint16_t header_bytes = snapshot_header_bytes;
  std::uint64_t position = 0;
  std::uint32_t logic_version = domain::logic_version;
  std::uint32_t reserved = 0;
  std::int64_t time_us = 0;
  std::array<std::uint8_t, 32> chain{};
  std::array<std::uint8_t, 16> digest{};
  std::uint64_t body_bytes = 0;
};
static_assert(sizeof(Header) == snapshot_header_bytes);
static_assert(std::has_unique_object_representations_v<Header>, "no padding");

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Fault corrupt(std::string_view what) {
  return fault(FaultKind::corrupt, fmt::format("the snapshot {}", what));
}

// What is wrong with an intact snapshot's header; empty when nothing is.
std::string_view wrong_in(const Header& header, std::size_t body_bytes) {
  if (header.magic != snapshot_magic) return "does not begin with BXSN";
  if (header.header_bytes != snapshot_header_bytes) return "has a header of another length";
  if (header.body_bytes != body_bytes) return "has another length than its header says";
  if (header.reserved != 0) return "has reserved bytes that are not zero";
  return {};
}

}  // namespace

std::string encode_snapshot(const Snapshot& snapshot) {
  const std::string body = pack(snapshot.state);
  const Header header{.position = snapshot.head.last.value,
                      .time_us = snapshot.state.now.us,
                      .chain = snapshot.head.chain.bytes,
                      .digest = domain::digest_of(snapshot.state).bytes,
                      .body_bytes = body.size()};
  std::string out(reinterpret_cast<const char*>(&header), sizeof header);
  out += body;
  const Sha256 hash = log::sha256(as_bytes(out));
  out.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
  return out;
}

Result<Snapshot> decode_snapshot(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t hash_bytes = sizeof(Sha256::bytes);
  if (bytes.size() < snapshot_header_bytes + hash_bytes) return corrupt("is cut short");
  const auto sealed = bytes.first(bytes.size() - hash_bytes);
  if (!std::ranges::equal(log::sha256(sealed).bytes, bytes.last(hash_bytes))) {
    return corrupt("is damaged: its checksum does not match");
  }
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic == snapshot_magic &&
      (header.format != snapshot_format || header.logic_version != domain::logic_version)) {
    return fault(FaultKind::newer_format,
                 fmt::format("the snapshot is of another version of this program (format {}, "
                             "logic {})",
                             header.format, header.logic_version));
  }
  const auto body = sealed.subspan(snapshot_header_bytes);
  const std::string_view wrong = wrong_in(header, body.size());
  if (!wrong.empty()) return corrupt(wrong);
  auto state = unpack<domain::State>({reinterpret_cast<const char*>(body.data()), body.size()});
  if (!state) return corrupt("does not hold a state");
  state->elements = domain::sum_of_elements(*state);
  if (state->position.value != header.position || state->now.us != header.time_us ||
      domain::digest_of(*state).bytes != header.digest) {
    return corrupt("holds another state than its digest says");
  }
  Snapshot snapshot;
  snapshot.head.last = Position(header.position);
  snapshot.head.chain.bytes = header.chain;
  snapshot.state = std::move(*state);
  return snapshot;
}

}  // namespace boxoffice::engine
