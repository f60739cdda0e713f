// How each kind of member reads a value: the table of types, and the issues they report.
//
// `read(value, out, place)` either sets `out` or reports to `place`. To add a type, add an overload
// here, its schema to http/openapi/schemas.h and its text to write.h.
#pragma once

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "http/json/parameters.h"
#include "http/json/place.h"
#include "http/json/types.h"
#include "http/json/value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxoffice::http::json {

struct IntRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
struct SizeRange {
  std::size_t min = 0;
  std::size_t max = std::numeric_limits<std::size_t>::max();
};

// ---- Scalars ------------------------------------------------------------------------------------

/// Nothing when it was reported.
std::optional<std::int64_t> read_integer(const Value& value, IntRange range, const Place& place);
/// An id that fits no id of ours is "none": it will not be found. Only non-integers are reported.
std::int64_t read_id(const Value& value, const Place& place);
std::optional<std::string_view> read_text(const Value& value, SizeRange range, const Place& place);
std::optional<Money> read_money(const Value& value, Money min, const Place& place);
/// The number of the name that stands there. `names`: what the enum's text can be.
std::optional<std::size_t> read_choice(const Value& value, std::span<const std::string_view> names,
                                       const Place& place);

void read(const Value& value, bool& out, const Place& place);
void read(const Value& value, std::string& out, const Place& place);
void read(const Value& value, Email& out, const Place& place);
void read(const Value& value, Money& out, const Place& place);
void read(const Value& value, NonNegativeMoney& out, const Place& place);
void read(const Value& value, Date& out, const Place& place);
/// RFC 3339 in any zone: what write_instant() writes, and more.
void read(const Value& value, Instant& out, const Place& place);
void read(const Value& value, TimeOfDay& out, const Place& place);
void read(const Value& value, Uuid& out, const Place& place);

template <std::size_t min, std::size_t max>
void read(const Value& value, Text<min, max>& out, const Place& place) {
  if (const auto text = read_text(value, {min, max}, place)) out.assign(*text);
}

template <std::int64_t min, std::int64_t max>
void read(const Value& value, Int<min, max>& out, const Place& place) {
  if (const auto integer = read_integer(value, {min, max}, place)) {
    out = static_cast<typename Int<min, max>::Rep>(*integer);
  }
}

template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
void read(const Value& value, T& out, const Place& place) {
  using Limits = std::numeric_limits<T>;
  static_assert(sizeof(T) < 8 || std::is_signed_v<T>, "JSON integers are read as signed 64 bit");
  const IntRange range{static_cast<std::int64_t>(Limits::min()),
                       static_cast<std::int64_t>(Limits::max())};
  if (const auto integer = read_integer(value, range, place)) out = static_cast<T>(*integer);
}

template <class Tag, class Rep>
void read(const Value& value, StrongId<Tag, Rep>& out, const Place& place) {
  out = StrongId<Tag, Rep>::from_wire(read_id(value, place));
}

template <DescribedEnum E>
void read(const Value& value, E& out, const Place& place) {
  if (const auto choice = read_choice(value, enum_names<E>, place)) {
    out = *enum_from_name<E>(enum_names<E>[*choice]);
  }
}

// ---- Lists and structs --------------------------------------------------------------------------

/// Reports a value that is no list, or one of the wrong length.
bool check_list(const Value& value, SizeRange range, const Place& place);
/// Reports a value that is no object.
bool check_object(const Value& value, const Place& place);

template <Described T>
void read(const Value& value, T& out, const Place& place);
template <class T>
void read(const Value& value, std::optional<T>& out, const Place& place);

template <class T>
void read_items(const Value& value, std::vector<T>& out, SizeRange range, const Place& place) {
  if (!check_list(value, range, place)) return;
  out.clear();
  out.reserve(value.size());
  std::size_t index = 0;
  for (const Value* item = value.first(); item != value.end(); item = item->next()) {
    read(*item, out.emplace_back(), place.item(index++));
  }
}
template <class T>
void read(const Value& value, std::vector<T>& out, const Place& place) {
  read_items(value, out, {}, place);
}
template <class T, std::size_t min, std::size_t max>
void read(const Value& value, List<T, min, max>& out, const Place& place) {
  read_items<T>(value, out, {min, max}, place);
}

template <class T>
void read(const Value& value, std::optional<T>& out, const Place& place) {
  out.reset();
  if (value.kind() != Value::Kind::null) read(value, out.emplace(), place);
}

template <class T>
void read(const Value& value, Defaulted<T>& out, const Place& place) {
  read(value, static_cast<T&>(out), place);
}

/// What a member that was left out means. `owner`: the object that should have had it.
template <class T>
void absent(const T&, const Value* owner, const Place& place) {
  if constexpr (!is_optional<T> && !is_defaulted<T>) place.missing(owner);
}

template <Described T>
void read(const Value& value, T& out, const Place& place) {
  if (!check_object(value, place)) return;
  for_each_member(out, [&](std::string_view name, auto& member) {
    if (const Value* found = value.find(name)) {
      read(*found, member, place.member(name));
    } else {
      absent(member, &value, place.member(name));
    }
  });
}

// ---- Parameters ---------------------------------------------------------------------------------

/// A parameter's text, converted as laxly as a body's text would be.
template <class T>
void read_parameter(const ParameterText& parameter, T& out, const Place& place) {
  if (!parameter) {
    place.add("string_unicode",
              "Input should be a valid string, unable to parse raw data as a unicode string",
              Value());
    return;
  }
  read(Value(std::string_view(*parameter)), out, place);
}

}  // namespace boxoffice::http::json
