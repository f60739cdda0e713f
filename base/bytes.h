// Fixed-size byte strings (hashes, uuids) and their text forms; big-endian and little-endian
// integers for formats on disk.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace boxoffice {

/// N bytes that compare and hash as one value.
template <std::size_t N>
struct FixedBytes {
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const FixedBytes&) const = default;
  bool is_zero() const { return *this == FixedBytes{}; }
};

using Sha256 = FixedBytes<32>;
/// A keyed 128-bit hash that stands for a longer text (an Idempotency-Key, a request body).
using Fingerprint = FixedBytes<16>;
/// What tells one state of the engine from another; engine/domain/digest.h.
using StateDigest = FixedBytes<16>;
/// What all that was done for one cause has in common, in every program that took part: the trace
/// id of W3C Trace Context, never zero.
using TraceId = FixedBytes<16>;
/// A random (version 4) UUID.
struct Uuid : FixedBytes<16> {
  auto operator<=>(const Uuid&) const = default;
};

/// Lower-case hexadecimal.
void append_hex(std::string& out, std::span<const std::uint8_t> bytes);
std::string to_hex(std::span<const std::uint8_t> bytes);
/// Reads what to_hex wrote into all of `out`; false when `text` is anything else.
bool parse_hex(std::string_view text, std::span<std::uint8_t> out);
/// "3f2b8c1e-…", lower case.
std::string to_string(const Uuid& id);
/// The canonical 36-character form, either case; empty otherwise.
std::optional<Uuid> parse_uuid(std::string_view text);

/// `value` as sizeof(T) bytes, most significant first (keys that sort as numbers).
template <class T>
std::array<char, sizeof(T)> to_big_endian(T value) {
  std::array<char, sizeof(T)> out{};
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<char>((value >> (8 * (sizeof(T) - 1 - i))) & 0xFF);
  }
  return out;
}

/// REQUIRES: at least sizeof(T) bytes at `p`.
template <class T>
T from_big_endian(const char* p) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<T>(static_cast<std::uint8_t>(p[i])));
  }
  return value;
}

}  // namespace boxoffice

template <std::size_t N>
struct std::hash<boxoffice::FixedBytes<N>> {
  // The bytes are hashes or random already: any eight of them are a good hash.
  std::size_t operator()(const boxoffice::FixedBytes<N>& b) const noexcept {
    std::size_t h = 0;
    std::memcpy(&h, b.bytes.data(), sizeof h);
    return h;
  }
};
template <>
struct std::hash<boxoffice::Uuid> : std::hash<boxoffice::FixedBytes<16>> {};
