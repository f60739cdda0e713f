// Lists of described structs as tables: RFC 4180, the members' names first, then a line a struct.
//
// What is null in JSON is an empty cell; a list is one cell, "user=2 expired=1". Text that a
// spreadsheet would take for a formula (it begins with = + - @, a tab or a line's end) gets an
// apostrophe before it: whoever names a movie must not compute in the accountant's spreadsheet.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/describe.h"
#include "base/text.h"
#include "http/json/write.h"

namespace boxoffice::http::api {

inline std::string harmless(std::string_view text) {
  constexpr std::string_view makes_a_formula = "=+-@\t\r\n";
  const bool harmful = !text.empty() && makes_a_formula.find(text[0]) != std::string_view::npos;
  return harmful ? '\'' + std::string(text) : std::string(text);
}

template <class T>
std::string csv_cell(const T& value) {
  std::string cell;
  const auto join = [&cell](char separator, const std::string& part) {
    if (!cell.empty()) cell += separator;
    cell += part;
  };
  if constexpr (json::is_nullable<T>) {
    if (value) cell = csv_cell(*value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    cell = csv_field(harmless(value));
  } else if constexpr (DescribedEnum<T>) {
    cell = enum_name(value);
  } else if constexpr (std::is_same_v<T, Date> || std::is_same_v<T, TimeOfDay>) {
    cell = to_string(value);
  } else if constexpr (json::ListLike<T>) {
    for (const auto& item : value) join(' ', csv_cell(item));
  } else if constexpr (Described<T>) {
    for_each_member(value,
                    [&](std::string_view, const auto& member) { join('=', csv_cell(member)); });
  } else {
    cell = json::to_json(value);  // a number
  }
  return cell;
}

template <Described Row>
std::string to_csv(const std::vector<Row>& rows) {
  std::string out;
  std::string_view separator;
  for_each_member_type<Row>([&](std::string_view name, auto) {
    out.append(separator).append(name);
    separator = ",";
  });
  out += "\r\n";
  for (const Row& row : rows) {
    separator = {};
    for_each_member(row, [&](std::string_view, const auto& member) {
      out.append(separator).append(csv_cell(member));
      separator = ",";
    });
    out += "\r\n";
  }
  return out;
}

}  // namespace boxoffice::http::api
