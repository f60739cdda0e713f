// Values as bytes, packed: a described struct is its members, one after the other, in order of
// description. Read models keep their rows so, snapshots the whole state.
//
//   integers, ids, money, times   varint, least significant 7 bits first; signed ones zigzag
//   bool, enum                    as an integer
//   text, vector, deque, set      a varint count, then the elements
//   map                           a varint count, then keys and values in order of the keys
//   optional                      0, or 1 and the value
//   pair                          the one and the other
//   fixed bytes                   as they are
//   what has word(), from_word()  that word, as an integer
//
// There are no tags: whoever changes the shape of a value counts a version up and makes the bytes
// anew (a projection is rebuilt, a snapshot is replayed).
//
// Invariants: decoding is total (malformed bytes give nothing, never a crash or a huge allocation)
// and each value has exactly one encoding, so equal values are equal bytes.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace boxoffice {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;
template <class T>
concept MapLike = requires {
  typename T::key_type;
  typename T::mapped_type;
};
/// A sequence or a set: anything else that is walked from end to end.
template <class T>
concept Elements = !MapLike<T> && !std::is_same_v<T, std::string> && requires(const T& t) {
  t.begin();
  t.size();
};
/// A struct that is one word (bit-fields).
template <class T>
concept Word = requires(const T& t) {
  { t.word() } -> std::same_as<std::uint64_t>;
  { T::from_word(std::uint64_t{}) } -> std::same_as<std::optional<T>>;
};
template <class T>
concept ByteString = requires(const T& t) {
  t.bytes.size();
};

/// Appends values to a string of bytes.
class PackedEncoder {
 public:
  explicit PackedEncoder(std::string& out) : out_(out) {}

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
    } else if constexpr (Word<T>) {
      add(value.word());
    } else if constexpr (is_pair<T>) {
      add(value.first);
      add(value.second);
    } else if constexpr (MapLike<T>) {
      add_map(value);
    } else if constexpr (Elements<T>) {
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
      static_assert(Described<T>, "describe the type, or teach this codec its bytes");
      for_each_member(value, [&](std::string_view, const auto& member) { add(member); });
    }
  }

 private:
  /// In order of the keys, also when it is a hash table.
  template <class Map>
  void add_map(const Map& map) {
    std::vector<const typename Map::value_type*> entries;
    entries.reserve(map.size());
    for (const auto& entry : map) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    add_varint(entries.size());
    for (const auto* entry : entries) {
      add(entry->first);
      add(entry->second);
    }
  }

  void add_varint(std::uint64_t value) {
    // Nearly all are small; a string grows byte by byte at a price.
    constexpr std::size_t bytes_max = 10;
    std::array<char, bytes_max> bytes;
    std::size_t count = 0;
    for (; value >= 0x80; value >>= 7) {
      bytes[count++] = static_cast<char>((value & 0x7F) | 0x80);
    }
    bytes[count++] = static_cast<char>(value);
    out_.append(bytes.data(), count);
  }

  std::string& out_;
};

/// Takes values from bytes; each take() says whether there was one.
class PackedDecoder {
 public:
  explicit PackedDecoder(std::string_view bytes) : rest_(bytes) {}

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
    } else if constexpr (Word<T>) {
      return take_word(value);
    } else if constexpr (is_pair<T>) {
      return take(value.first) && take(value.second);
    } else if constexpr (MapLike<T> || Elements<T>) {
      return take_elements(value);
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
  bool take_word(T& value) {
    std::uint64_t bits = 0;
    if (!take(bits)) return false;
    const auto word = T::from_word(bits);
    if (!word) return false;
    value = *word;
    return true;
  }

  // Vectors in place; maps and sets one by one, in rising order and so without repeats.
  template <class T>
  bool take_elements(T& value) {
    std::size_t count = 0;
    if (!take_count(count)) return false;
    if constexpr (MapLike<T>) {
      return take_map(value, count);
    } else if constexpr (requires { typename T::key_type; }) {
      return take_set(value, count);
    } else {
      value.resize(count);
      for (auto& element : value) {
        if (!take(element)) return false;
      }
      return true;
    }
  }

  template <class Map>
  bool take_map(Map& map, std::size_t count) {
    if constexpr (requires { map.reserve(count); }) map.reserve(count);
    std::optional<typename Map::key_type> last;
    for (std::size_t i = 0; i < count; ++i) {
      typename Map::key_type key{};
      typename Map::mapped_type mapped{};
      if (!take(key) || !take(mapped) || (last && !(*last < key))) return false;
      last = key;
      map.emplace_hint(map.end(), std::move(key), std::move(mapped));
    }
    return true;
  }

  template <class Set>
  bool take_set(Set& set, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      typename Set::key_type key{};
      if (!take(key) || (!set.empty() && !(*set.rbegin() < key))) return false;
      set.emplace_hint(set.end(), std::move(key));
    }
    return true;
  }

  std::string_view rest_;
};

template <class T>
std::string pack(const T& value) {
  constexpr std::size_t usual_bytes = 128;  // of a row
  std::string out;
  out.reserve(usual_bytes);
  PackedEncoder(out).add(value);
  return out;
}

/// Empty when `bytes` is not exactly one packed T.
template <class T>
std::optional<T> unpack(std::string_view bytes) {
  T value{};
  PackedDecoder decoder(bytes);
  if (!decoder.take(value) || !decoder.at_end()) return std::nullopt;
  return value;
}

}  // namespace boxoffice
