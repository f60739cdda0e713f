// The vocabulary of requests: member types that carry their own limits.
//
// A request struct is written with these, and nothing else has to be said: the decoder checks the
// limits, the OpenAPI document shows them, and the handler uses the member as the plain type that
// it derives from or converts to.
//
//   struct LockRequest {
//     ShowId show_id;
//     List<SeatId, 1, 100> seat_ids;
//     Text<1, 200> user_session;
//   };
//   BOOST_DESCRIBE_STRUCT(LockRequest, (), (show_id, seat_ids, user_session))
//
// Plain members work too: std::string (any length), bool, integers (limits of their type), strong
// ids, Money, Date, TimeOfDay, Instant, Uuid, described enums, described structs, std::vector. A
// member may be left out when it is std::optional (absent and null are the same) or Defaulted (null
// is refused).
#pragma once

#include "base/describe.h"
#include "base/money.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxoffice::http::json {

/// Text of min..max characters (Unicode code points), without NUL.
template <std::size_t min, std::size_t max>
struct Text : std::string {
  static constexpr std::size_t min_length = min;
  static constexpr std::size_t max_length = max;

  using std::string::string;
  Text() = default;
  explicit Text(std::string text) : std::string(std::move(text)) {}
};

/// An e-mail address as it is kept: the local part as written, the domain in lower case.
struct Email : std::string {
  Email() = default;
  explicit Email(std::string address) : std::string(std::move(address)) {}
};

/// An integer in min..max; 32 bits wide when that is enough.
template <std::int64_t min, std::int64_t max = std::numeric_limits<std::int64_t>::max()>
struct Int {
  static_assert(min <= max);
  static constexpr std::int64_t minimum = min;
  static constexpr std::int64_t maximum = max;
  using Rep = std::conditional_t<(min >= std::numeric_limits<std::int32_t>::min() &&
                                  max <= std::numeric_limits<std::int32_t>::max()),
                                 std::int32_t, std::int64_t>;

  Rep value = 0;

  constexpr Int() = default;
  constexpr Int(Rep v) : value(v) {}
  constexpr operator Rep() const { return value; }
};

/// An amount from 0 to `money_max`. (A plain Money may be negative.)
struct NonNegativeMoney : Money {};

/// min..max items of T. A longer list is refused as a whole, its items unread.
template <class T, std::size_t min, std::size_t max>
struct List : std::vector<T> {
  static constexpr std::size_t min_items = min;
  static constexpr std::size_t max_items = max;
  using std::vector<T>::vector;
};

/// A T that keeps its initialiser when the client leaves it out:
/// `Defaulted<Int<1, 20'000>> total_seats = 100;`
template <class T>
  requires std::is_class_v<T>
struct Defaulted : T {
  using Wrapped = T;
  using T::T;
};

template <class T>
inline constexpr bool is_text = false;
template <std::size_t min, std::size_t max>
inline constexpr bool is_text<Text<min, max>> = true;

template <class T>
inline constexpr bool is_int = false;
template <std::int64_t min, std::int64_t max>
inline constexpr bool is_int<Int<min, max>> = true;

template <class T>
inline constexpr bool is_list = false;
template <class T, std::size_t min, std::size_t max>
inline constexpr bool is_list<List<T, min, max>> = true;

template <class T>
inline constexpr bool is_defaulted = false;
template <class T>
inline constexpr bool is_defaulted<Defaulted<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// The names that a described enum's text can be, in order.
template <DescribedEnum E>
inline constexpr auto enum_names =
    []<template <class...> class Names, class... Enumerator>(Names<Enumerator...>) {
      return std::array<std::string_view, sizeof...(Enumerator)>{Enumerator::name...};
    }(boost::describe::describe_enumerators<E>{});

}  // namespace boxoffice::http::json
