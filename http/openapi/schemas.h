// JSON schemas of described structs, made from the same member types that the decoder and the
// writer use: what the document says is what the program does.
//
// A schema is JSON text. A struct becomes a component, named as the struct, and is referred to;
// everything else is spelled out in place. No two structs may have one name, and a struct with
// members that may be left out is used for requests or for responses, not for both.
#pragma once

#include "base/describe.h"
#include "http/json/types.h"
#include "http/json/write.h"
#include "http/openapi/document.h"
#include "http/openapi/type_name.h"

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boxoffice::http::openapi {

/// Whether the client writes the value (it may leave members out) or we do (all are there).
enum class Direction { request, response };

template <class T>
std::string schema_of(Components& components, Direction direction);

/// For the document: an answer that has one of these shapes.
template <class... T>
struct AnyOf {};
template <class T>
inline constexpr bool is_any_of = false;
template <class... T>
inline constexpr bool is_any_of<AnyOf<T...>> = true;

template <class... T>
std::string any_schema(Components& components, Direction direction, AnyOf<T...>);

/// The schema of a T that clients send.
template <class T>
std::string request_schema(Components& components) {
  return schema_of<T>(components, Direction::request);
}
/// The schema of a T that we answer.
template <class T>
std::string response_schema(Components& components) {
  return schema_of<T>(components, Direction::response);
}

// ---- Schemas of plain kinds ---------------------------------------------------------------------

std::string text_schema(std::string_view format = {});
std::string text_schema(std::size_t min_length, std::size_t max_length);
std::string integer_schema(std::int64_t min, std::int64_t max);
/// `min`: the least amount, if there is one.
std::string money_schema(std::optional<Money> min);
std::string choice_schema(std::span<const std::string_view> names);
std::string list_schema(std::string_view item, std::size_t min, std::optional<std::size_t> max);
std::string nullable_schema(std::string_view schema);
/// `schema` with the member "default".
std::string with_default(std::string schema, std::string_view default_json);
/// `schema` with the member "description", unless `text` is empty.
std::string with_description(std::string schema, std::string_view text);
std::string any_of(std::initializer_list<std::string> schemas);

// ---- Structs ------------------------------------------------------------------------------------

/// Collects the members of one struct.
class ObjectSchema {
 public:
  void add(std::string_view name, std::string_view schema, bool required);
  std::string text() const;

 private:
  std::string properties_;
  std::string required_;
};

/// The schema of a member that holds `value` when the client leaves it out.
template <class T>
std::string member_schema(const T& value, Components& components, Direction direction) {
  std::string schema = schema_of<T>(components, direction);
  if constexpr (json::is_defaulted<T>) schema = with_default(schema, json::to_json(value));
  return schema;
}

template <class T>
constexpr bool is_required(Direction direction) {
  return direction == Direction::response || !(json::is_optional<T> || json::is_defaulted<T>);
}

template <Described T>
std::string described_schema(Components& components, Direction direction) {
  const std::string_view name = type_name<T>();
  // Begun before its members are visited: a struct may refer to itself.
  if (components.begin(name, full_type_name<T>())) {
    ObjectSchema object;
    const T initial{};
    for_each_member(initial, [&](std::string_view member, const auto& value) {
      object.add(member,
                 with_description(member_schema(value, components, direction),
                                  components.description(name, member)),
                 is_required<std::remove_cvref_t<decltype(value)>>(direction));
    });
    components.set(name, object.text());
  }
  return Components::reference(name);
}

template <class T>
struct Pointee {};
template <class T>
struct Pointee<std::optional<T>> {
  using type = T;
};
template <class T>
struct Pointee<std::shared_ptr<T>> {
  using type = std::remove_const_t<T>;
};
template <class T, class D>
struct Pointee<std::unique_ptr<T, D>> {
  using type = std::remove_const_t<T>;
};

template <class T>
std::string schema_of(Components& components, Direction direction) {
  if constexpr (is_any_of<T>) {
    return any_schema(components, direction, T{});
  } else if constexpr (std::is_same_v<T, bool>) {
    return R"({"type":"boolean"})";
  } else if constexpr (json::is_defaulted<T>) {
    return schema_of<typename T::Wrapped>(components, direction);
  } else if constexpr (json::is_int<T>) {
    return integer_schema(T::minimum, T::maximum);
  } else if constexpr (std::is_integral_v<T> || is_strong_id<T>) {
    return R"({"type":"integer"})";
  } else if constexpr (std::is_floating_point_v<T>) {
    return R"({"type":"number"})";
  } else if constexpr (std::is_same_v<T, json::NonNegativeMoney>) {
    return money_schema(Money{0});
  } else if constexpr (std::is_base_of_v<Money, T>) {
    return money_schema(std::nullopt);
  } else if constexpr (std::is_same_v<T, Instant>) {
    return text_schema("date-time");
  } else if constexpr (std::is_same_v<T, Date>) {
    return text_schema("date");
  } else if constexpr (std::is_same_v<T, TimeOfDay>) {
    return text_schema("time");
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return text_schema("uuid");
  } else if constexpr (std::is_same_v<T, json::Email>) {
    return text_schema("email");
  } else if constexpr (json::is_text<T>) {
    return text_schema(T::min_length, T::max_length);
  } else if constexpr (DescribedEnum<T>) {
    return choice_schema(json::enum_names<T>);
  } else if constexpr (json::is_nullable<T>) {
    return nullable_schema(schema_of<typename Pointee<T>::type>(components, direction));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return text_schema();
  } else if constexpr (json::is_list<T>) {
    return list_schema(schema_of<typename T::value_type>(components, direction), T::min_items,
                       T::max_items);
  } else if constexpr (json::ListLike<T>) {
    return list_schema(schema_of<typename T::value_type>(components, direction), 0, std::nullopt);
  } else {
    return described_schema<T>(components, direction);
  }
}

template <class... T>
std::string any_schema(Components& components, Direction direction, AnyOf<T...>) {
  return any_of({schema_of<T>(components, direction)...});
}

// ---- Parameters ---------------------------------------------------------------------------------

/// The parameters that decode_query<T> reads.
template <Described T>
std::vector<Parameter> query_parameters(Components& components) {
  std::vector<Parameter> parameters;
  const T initial{};
  for_each_member(initial, [&](std::string_view name, const auto& value) {
    using Member = std::remove_cvref_t<decltype(value)>;
    parameters.push_back({.name = std::string(name),
                          .in = "query",
                          .required = is_required<Member>(Direction::request),
                          .schema = member_schema(value, components, Direction::request),
                          .description = std::string(components.description(type_name<T>(), name)),
                          .example = {}});
  });
  return parameters;
}

/// A parameter of the path, that decode_path<T> reads.
template <class T>
Parameter path_parameter(std::string name, Components& components) {
  std::string description(components.description("path", name));
  return {.name = std::move(name),
          .in = "path",
          .required = true,
          .schema = request_schema<T>(components),
          .description = std::move(description),
          .example = {}};
}

}  // namespace boxoffice::http::openapi
