// From described structs to JSON text, members in the order of description.
//
// `write(out, value)` appends. Text is escaped as RFC 8259 asks and otherwise passed through as
// UTF-8; Money is a number with its shortest decimals (12.5, 15.0); strong ids are integers;
// Instant, Date, TimeOfDay and Uuid are text; enums are their names; empty optionals and null
// pointers are null. It only appends characters: no streams, no format strings.
//
// REQUIRES: text is valid UTF-8 (everything that the decoder lets in is).
#pragma once

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boxoffice::http::json {

/// Adds `text` in quotes.
void write_text(std::string& out, std::string_view text);
void write_integer(std::string& out, std::int64_t value);
void write_integer(std::string& out, std::uint64_t value);
/// The shortest text that reads back as `value`, always with a fraction or an exponent; null when
/// it is not finite.
void write_number(std::string& out, double value);
void write_money(std::string& out, Money amount);
void write_instant(std::string& out, Instant t);
void write_date(std::string& out, Date d);
void write_time_of_day(std::string& out, TimeOfDay t);

template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = true;
template <class T>
inline constexpr bool is_nullable<std::shared_ptr<T>> = true;
template <class T, class D>
inline constexpr bool is_nullable<std::unique_ptr<T, D>> = true;

template <class T>
concept ListLike = requires(const T& t) {
  typename T::value_type;
  typename T::allocator_type;
  t.begin();
}
&&!std::is_convertible_v<const T&, std::string_view>;

template <class T>
void write(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    write_integer(out, static_cast<Wide>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    write_number(out, value);
  } else if constexpr (is_strong_id<T>) {
    write_integer(out, static_cast<std::uint64_t>(value.value));
  } else if constexpr (std::is_base_of_v<Money, T>) {
    write_money(out, value);
  } else if constexpr (std::is_same_v<T, Instant>) {
    write_instant(out, value);
  } else if constexpr (std::is_same_v<T, Date>) {
    write_date(out, value);
  } else if constexpr (std::is_same_v<T, TimeOfDay>) {
    write_time_of_day(out, value);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    write_text(out, to_string(value));
  } else if constexpr (DescribedEnum<T>) {
    write_text(out, enum_name(value));
  } else if constexpr (is_nullable<T>) {
    if (value) {
      write(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    write_text(out, value);
  } else if constexpr (std::is_convertible_v<const T&, std::int64_t>) {
    write_integer(out, static_cast<std::int64_t>(value));
  } else if constexpr (ListLike<T>) {
    char separator = '[';
    for (const auto& item : value) {
      out += separator;
      write(out, item);
      separator = ',';
    }
    out += separator == '[' ? "[]" : "]";
  } else {
    static_assert(Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    char separator = '{';
    for_each_member(value, [&](std::string_view name, const auto& member) {
      out += separator;
      out += '"';
      out += name;
      out += "\":";
      write(out, member);
      separator = ',';
    });
    out += separator == '{' ? "{}" : "}";
  }
}

/// The value as a text of its own.
template <class T>
std::string to_json(const T& value) {
  constexpr std::size_t usual_bytes = 192;  // of an answer that is not a list
  std::string out;
  out.reserve(usual_bytes);
  write(out, value);
  return out;
}

/// Builds one JSON object member by member, where there is no struct to describe.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) {}

  template <class T>
  ObjectWriter& member(std::string_view name, const T& value) {
    write(begin(name), value);
    return *this;
  }
  /// REQUIRES: `json` is JSON.
  ObjectWriter& raw_member(std::string_view name, std::string_view json) {
    begin(name) += json;
    return *this;
  }
  /// Adds the name; the caller appends the value to what is returned.
  std::string& begin(std::string_view name);
  void end() { out_ += first_ ? "{}" : "}"; }

 private:
  std::string& out_;
  bool first_ = true;
};

/// {"name":value}
template <class T>
std::string to_object(std::string_view name, const T& value) {
  std::string out;
  ObjectWriter(out).member(name, value).end();
  return out;
}

}  // namespace boxoffice::http::json
