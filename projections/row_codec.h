// Rows as bytes: a described struct is its members, one after the other, in order of description.
//
//   integers, ids, money, times   varint, least significant 7 bits first; signed ones zigzag
//   bool, enum                    as an integer
//   text, vector                  a varint count, then the elements
//   optional                      0, or 1 and the value
//   fixed bytes                   as they are
//
// There are no tags: a projection whose row changes shape raises its version and is rebuilt.
//
// Invariants: decoding is total (malformed bytes give nothing, never a crash or a huge allocation)
// and each value has exactly one encoding, so equal rows are equal bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace boxoffice::projections {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
concept ByteString = requires(const T& t) {
  t.bytes.size();
};

/// Appends values to a row.
class RowEncoder {
 public:
  explicit RowEncoder(std::string& out) : out_(out) {}

  template <class T>
  void add(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      add(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (std::is_unsigned_v<T>) {
      add_varint(value);
    } else if constexpr (std::is_integral_v<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      add_varint((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    } else if constexpr (is_strong_id<T>) {
      add(value.value);
    } else if constexpr (ByteString<T>) {
      out_.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
    } else if constexpr (std::is_same_v<T, std::string>) {
      add_varint(value.size());
      out_ += value;
    } else if constexpr (is_vector<T>) {
      add_varint(value.size());
      for (const auto& element : value) add(element);
    } else if constexpr (is_optional<T>) {
      add(value.has_value());
      if (value) add(*value);
    } else if constexpr (std::is_same_v<T, Money>) {
      add(value.cents);
    } else if constexpr (std::is_same_v<T, Instant>) {
      add(value.us);
    } else if constexpr (std::is_same_v<T, TimeOfDay>) {
      add(value.seconds);
    } else if constexpr (std::is_same_v<T, Date>) {
      add(value.year);
      add(value.month);
      add(value.day);
    } else {
      static_assert(Described<T>, "describe the type, or teach the row codec its bytes");
      for_each_member(value, [&](std::string_view, const auto& member) { add(member); });
    }
  }

 private:
  void add_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>((value & 0x7F) | 0x80);
    out_ += static_cast<char>(value);
  }

  std::string& out_;
};

/// Takes values from a row; each take() says whether there was one.
class RowDecoder {
 public:
  explicit RowDecoder(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  template <class T>
  bool take(T& value) {
    if constexpr (std::is_enum_v<T>) {
      return take_enum(value);
    } else if constexpr (std::is_integral_v<T>) {
      return take_integer(value);
    } else if constexpr (is_strong_id<T>) {
      return take(value.value);
    } else if constexpr (ByteString<T>) {
      return take_bytes(reinterpret_cast<char*>(value.bytes.data()), value.bytes.size());
    } else if constexpr (std::is_same_v<T, std::string>) {
      std::size_t size = 0;
      if (!take_count(size)) return false;
      value.resize(size);
      return take_bytes(value.data(), size);
    } else if constexpr (is_vector<T>) {
      return take_vector(value);
    } else if constexpr (is_optional<T>) {
      bool present = false;
      if (!take(present)) return false;
      return !present || take(value.emplace());
    } else if constexpr (std::is_same_v<T, Money>) {
      return take(value.cents);
    } else if constexpr (std::is_same_v<T, Instant>) {
      return take(value.us);
    } else if constexpr (std::is_same_v<T, TimeOfDay>) {
      return take(value.seconds);
    } else if constexpr (std::is_same_v<T, Date>) {
      return take(value.year) && take(value.month) && take(value.day);
    } else {
      bool whole = true;
      for_each_member(value,
                      [&](std::string_view, auto& member) { whole = whole && take(member); });
      return whole;
    }
  }

 private:
  bool take_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      // The tenth byte has room for one bit: 9 * 7 + 1 = 64.
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return byte != 0 || shift == 0;  // a padded varint is a second encoding
    }
    return false;
  }

  /// A count of elements; each takes at least one byte, so no count exceeds the bytes left.
  bool take_count(std::size_t& count) {
    std::uint64_t value = 0;
    if (!take_varint(value) || value > rest_.size()) return false;
    count = static_cast<std::size_t>(value);
    return true;
  }

  bool take_bytes(char* out, std::size_t size) {
    if (rest_.size() < size) return false;
    rest_.copy(out, size);
    rest_.remove_prefix(size);
    return true;
  }

  template <class T>
  bool take_integer(T& value) {
    std::uint64_t bits = 0;
    if (!take_varint(bits)) return false;
    if constexpr (std::is_unsigned_v<T>) {
      if (bits > std::numeric_limits<T>::max()) return false;
      value = static_cast<T>(bits);
    } else {
      const auto wide = static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
      if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max())
        return false;
      value = static_cast<T>(wide);
    }
    return true;
  }

  template <DescribedEnum E>
  bool take_enum(E& value) {
    std::underlying_type_t<E> number{};
    if (!take(number)) return false;
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { known = known || d.value == static_cast<E>(number); });
    value = static_cast<E>(number);
    return known;
  }

  template <class T>
  bool take_vector(std::vector<T>& value) {
    std::size_t count = 0;
    if (!take_count(count)) return false;
    value.resize(count);
    for (T& element : value) {
      if (!take(element)) return false;
    }
    return true;
  }

  std::string_view rest_;
};

template <class Row>
std::string encode_row(const Row& row) {
  std::string out;
  RowEncoder(out).add(row);
  return out;
}

/// Empty when `bytes` is not exactly one encoded Row.
template <class Row>
std::optional<Row> decode_row(std::string_view bytes) {
  Row row{};
  RowDecoder decoder(bytes);
  if (!decoder.take(row) || !decoder.at_end()) return std::nullopt;
  return row;
}

/// `kind` and then each part, big-endian: the rows of one kind sort by their parts as numbers.
template <class... Parts>
std::string row_key(char kind, Parts... parts) {
  std::string key(1, kind);
  const auto append = [&key](auto part) {
    const auto bytes = to_big_endian(part.value);
    key.append(bytes.data(), bytes.size());
  };
  (append(parts), ...);
  return key;
}

}  // namespace boxoffice::projections
