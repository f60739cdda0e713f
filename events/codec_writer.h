// Writes FlatBuffers: strings, vectors and tables, from the end of a buffer toward its front, byte
// for byte as FlatBufferBuilder lays them out (a test compares). What is written is read with
// FlatBuffers' own code. Private to the codec.
//
// It exists because the sequencer encodes every event: FlatBufferBuilder asks for room and notes a
// place for each field, and makes each table's directory (its vtable) before it finds that it has
// the same one already. Here room is asked for once a table, and the directory of a table with the
// same fields in the same places is looked up by what fields there are and how the table begins.
//
// Threads: one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxoffice::events {

/// Where something lies: so many bytes before the buffer's end. 0: there is nothing.
struct Reference {
  std::uint32_t from_end = 0;
};

/// A field that is left out when it is `Default`; other numbers are when they are 0.
template <auto Default>
struct UnlessDefault {
  decltype(Default) value = Default;
};

/// How a field of type F lies in its table. This one: numbers, enums, and structs of the schema,
/// which are there always.
template <class F>
struct FieldLayout {
  static constexpr bool is_struct = std::is_class_v<F>;
  static constexpr std::size_t bytes = sizeof(F);
  static constexpr std::size_t alignment = is_struct ? alignof(F) : sizeof(F);
  /// Larger ones come first; all structs count as 4.
  static constexpr std::size_t rank = is_struct ? 4 : sizeof(F);
  static bool has(const F& field) {
    if constexpr (is_struct) {
      return true;
    } else {
      return field != F{};
    }
  }
  static const F* value(const F& field) { return &field; }
};
/// A struct that may be absent.
template <class F>
struct FieldLayout<const F*> : FieldLayout<F> {
  static bool has(const F* field) { return field != nullptr; }
  static const F* value(const F* field) { return field; }
};
template <auto Default>
struct FieldLayout<UnlessDefault<Default>> : FieldLayout<decltype(Default)> {
  static bool has(const UnlessDefault<Default>& field) { return field.value != Default; }
  static auto* value(const UnlessDefault<Default>& field) { return &field.value; }
};
template <>
struct FieldLayout<Reference> : FieldLayout<std::uint32_t> {
  static bool has(const Reference& field) { return field.from_end != 0; }
};

/// Tables are of this many kinds at most; each kind has one set of fields.
inline constexpr std::size_t table_kinds_max = 32;

/// The place in a buffer before which the next bytes go. A value, so that it stays in registers
/// while a table is written.
struct WritingPlace {
  std::uint8_t* at = nullptr;   ///< the first byte that was written
  std::uint8_t* end = nullptr;  ///< of the buffer; at a multiple of 8

  std::uint32_t size() const { return static_cast<std::uint32_t>(end - at); }

  /// Fills with zeros until what is written after `bytes` more ends at a multiple of `alignment`.
  /// REQUIRES: room for 8 bytes.
  void pad(std::size_t alignment, std::size_t bytes = 0) {
    constexpr std::uint64_t zeros = 0;
    std::memcpy(at - sizeof zeros, &zeros, sizeof zeros);
    at -= (reinterpret_cast<std::uintptr_t>(at) - bytes) & (alignment - 1);
  }
  template <class T>
  void push(const T& value) {
    at -= sizeof value;
    std::memcpy(at, &value, sizeof value);
  }
  void push(const void* bytes, std::size_t count) {
    at -= count;
    if (count != 0) std::memcpy(at, bytes, count);
  }
  void push_reference(Reference to) {
    pad(sizeof(std::uint32_t));
    push(size() - to.from_end + static_cast<std::uint32_t>(sizeof(std::uint32_t)));
  }
};

/// The fields of a table that is being written: a bit for each that is there, and size() after it.
template <std::size_t Count>
struct FieldPlaces {
  static_assert(Count <= 32);
  std::uint32_t present = 0;
  std::array<std::uint32_t, Count> sizes{};
};

class TableWriter {
 public:
  explicit TableWriter(std::size_t initial_bytes);

  std::uint32_t size() const { return place_.size(); }

  /// The bytes of `text`, which a 0 follows.
  Reference text(std::string_view text);

  /// Numbers as they are in memory. REQUIRES: T has at most 4 bytes.
  template <class T>
  Reference vector(const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint32_t));
    return vector_of_bytes(values, count, count * sizeof(T));
  }

  /// A vector of references to what was written before.
  Reference references(std::span<const Reference> to);

  /// A table, its fields in the order of the schema.
  /// REQUIRES: Kind < table_kinds_max, and no other fields come with this Kind.
  template <std::size_t Kind, class... Fields>
  Reference table(const Fields&... fields);

  /// Ends the buffer, copies it to `out` (replaced) and starts the next one.
  /// REQUIRES: `identifier` is of 4 bytes; a field of 8 bytes was written.
  void finish(Reference root, const char* identifier, std::vector<std::uint8_t>& out);

 private:
  // A directory that was written: of the table with these fields, the last one that began at this
  // place in a word of 8 bytes. 0: none yet.
  struct Directory {
    std::uint32_t fields = 0;
    std::uint32_t from_end = 0;
  };
  // Where tables can begin in a word of 8 bytes: everything ends at a multiple of 2.
  static constexpr std::size_t starts = 4;

  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(place_.at - storage_.get()) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes);
  Reference vector_of_bytes(const void* values, std::size_t count, std::size_t bytes);
  // Writes the directory of the table at size(), which began at `start`, or finds its like.
  std::uint32_t directory(std::uint32_t start, std::span<const std::uint32_t> field_sizes);

  std::unique_ptr<std::uint8_t[]> storage_;
  WritingPlace place_;
  std::array<std::array<Directory, starts>, table_kinds_max> last_{};
  std::vector<std::uint32_t> directories_;  // all, each once
};

/// The I-th field, if its rank is `Rank` and it is there.
template <std::size_t Rank, std::size_t I, class F, std::size_t Count>
inline void write_field(WritingPlace& place, const F& field, FieldPlaces<Count>& written) {
  using Layout = FieldLayout<F>;
  if constexpr (Layout::rank == Rank) {
    if (!Layout::has(field)) return;
    if constexpr (std::is_same_v<F, Reference>) {
      place.push_reference(field);
    } else {
      place.pad(Layout::alignment);
      place.push(*Layout::value(field));
    }
    written.present |= std::uint32_t{1} << I;
    written.sizes[I] = place.size();
  }
}

/// All fields of that rank, from the last to the first.
template <std::size_t Rank, std::size_t... I, class Fields, std::size_t Count>
inline void write_fields(std::index_sequence<I...>, WritingPlace& place, const Fields& fields,
                         FieldPlaces<Count>& written) {
  constexpr std::size_t last = Count - 1;
  (write_field<Rank, last - I>(place, std::get<last - I>(fields), written), ...);
}

template <std::size_t Kind, class... Fields>
Reference TableWriter::table(const Fields&... fields) {
  static_assert(Kind < table_kinds_max);
  using Order = std::index_sequence_for<Fields...>;
  // Fields, each padded; the reference to the directory; the directory; room for pad().
  constexpr std::size_t bytes_max = ((FieldLayout<Fields>::bytes + 7) + ...) + 8 +
                                    sizeof(std::uint16_t) * (sizeof...(Fields) + 2) + 8;
  make_room(bytes_max);
  WritingPlace place = place_;
  const std::uint32_t start = place.size();
  FieldPlaces<sizeof...(Fields)> written;
  const auto all = std::tie(fields...);
  write_fields<8>(Order(), place, all, written);
  write_fields<4>(Order(), place, all, written);
  write_fields<2>(Order(), place, all, written);
  write_fields<1>(Order(), place, all, written);
  place.pad(sizeof(std::int32_t));
  place.push(std::int32_t{0});  // the reference to the directory
  const std::uint32_t table = place.size();
  place_ = place;

  Directory& known = last_[Kind][start / 2 % starts];
  if (known.from_end == 0 || known.fields != written.present) {
    known = {written.present, directory(start, written.sizes)};
  }
  const auto distance = static_cast<std::int32_t>(known.from_end - table);
  std::memcpy(place.at, &distance, sizeof distance);
  return {table};
}

}  // namespace boxoffice::events
