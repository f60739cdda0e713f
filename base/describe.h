// Reflection over described structs: one description serves JSON, OpenAPI, printing and rows.
//
// A struct is described once, beside its definition, with BOOST_DESCRIBE_STRUCT(Name, (),
// (members)) and an enum with BOOST_DESCRIBE_ENUM; the functions below visit members in that order.
//
// Limits: Boost.Describe stops at 52 members.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <optional>
#include <string_view>
#include <type_traits>

namespace boxoffice {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && std::is_class_v<T>;

template <class E>
concept DescribedEnum = boost::describe::has_describe_enumerators<E>::value;

/// Calls `visit(name, member)` for each member of `object`, in order of description.
template <class T, class Visit>
  requires Described<std::remove_const_t<T>>
constexpr void for_each_member(T& object, Visit&& visit) {
  using Members =
      boost::describe::describe_members<std::remove_const_t<T>, boost::describe::mod_public |
                                                                    boost::describe::mod_inherited>;
  boost::mp11::mp_for_each<Members>(
      [&](auto d) { visit(std::string_view(d.name), object.*d.pointer); });
}

/// Calls `visit(name, std::type_identity<MemberType>)` for each member of T, without an object.
template <Described T, class Visit>
constexpr void for_each_member_type(Visit&& visit) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    visit(std::string_view(d.name),
          std::type_identity<std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>>{});
  });
}

/// The enumerator's name; "unknown" for a value outside the enum.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
  std::string_view found = "unknown";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) found = d.name;
  });
  return found;
}

/// The enumerator of that name, if there is one.
template <DescribedEnum E>
constexpr std::optional<E> enum_from_name(std::string_view name) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (name == d.name) found = d.value;
  });
  return found;
}

}  // namespace boxoffice
